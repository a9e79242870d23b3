### What the reader of Terraform files says.

## Reading

family_unknown = { $type } is not among the types that are priced here
other_provider = { $count ->
    [one] 1 resource of the provider { $provider }, which is not AWS's
   *[other] { $count } resources of the provider { $provider }, which are not AWS's
}
unpriced_no_price_held = AWS charges for { $type } ({ $service }); it is not priced here
unpriced_account_wide = { $service } is charged by activity in the whole account, which { $type } does not show
unpriced_subscription = { $type } belongs to a subscription of the whole account ({ $service }), which is not priced here
unpriced_commitment = { $type } is a purchase in advance ({ $service }); put what you bought under [[commitments]] in glimpse.toml
unpriced_by_use_elsewhere = what { $type } ({ $service }) makes or copies is charged as other resources, and Terraform does not say how much that is
unpriced_marketplace = { $type } ({ $service }) is sold through AWS Marketplace, at the seller's price
unpriced_retired = AWS no longer offers { $type } ({ $service })
unpriced_not_known = whether AWS charges for { $type } ({ $service }) is not known here
unpriced_in_cluster = { $type } runs in a Kubernetes cluster; load balancers, disks and Fargate pods that it asks AWS for are not priced
free_but_for = { $type } itself is free, but its { $argument } is charged and not priced here
argument_unknown = { $argument } decides what is charged and depends on { $cause }, which the files do not say
part_unknown = this part is charged, but not priced here
part_doubtful = the files do not say whether this is charged, or at which price
cluster_unknown = neither launch_type nor a strategy, and its cluster is not in these files
strategy_without_weight = no capacity provider of its strategy has a weight above 0: ECS refuses that
capacity_provider_unknown = capacity provider { $provider } is neither FARGATE nor FARGATE_SPOT
task_size_illegal = Fargate sells no task with { $cpu } vCPU and { $memory } GB
module_missing = { $address }: there is no folder { $source }
module_not_installed = { $address }: { $source } is not installed; run `terraform init` first, or pass the output of `terraform show -json PLAN`
module_outside = { $address }: { $source } is outside the project, and nothing outside it is read; give --project { $project }
module_in_itself = { $address }: { $source } calls itself, or is nested too deep
module_source_unknown = { $address }: its source is not a plain text ({ $source }), so Terraform refuses it too
file_broken = Terraform cannot read this line, so nothing in this file is priced
count_unknown = { $address }: count = { $expression } depends on { $cause }, which the files do not say
for_each_unknown = { $address }: for_each = { $expression } depends on { $cause }, which the files do not say
block_on_one_line = a block on one line may hold one argument and no other block: write each on its own line. Nothing in this file is priced
items_share_line = two arguments or blocks share this line: write each on its own. Nothing in this file is priced
entries_share_line = two entries of an object share this line without a comma
key_ambiguous = this key could be a name or a text: put it in parentheses to look it up, in quotes to take it as it is
argument_twice = this argument is set twice in one block. Nothing in this file is priced
nested_too_deep = this expression is nested too deep
file_too_slow = this file takes too long to parse, so nothing in it is priced
template_broken = this template is not valid
block_labels = a { $block } block needs { $count ->
    [one] 1 label
   *[other] { $count } labels
}
declared_twice = { $address } is declared twice; the first one is priced
override_broken = Terraform cannot read this line of an override file, which could change every figure, so none is given
override_of_nothing = { $address } overrides nothing: no other file declares it
expression_error = Terraform would refuse this expression: { $why }
file_outside = { $function } was not called: only files inside the project are read
value_undeclared = { $name } is given a value, and no such variable is declared
workspace_assumed = no workspace is selected, so terraform.workspace is default: set TF_WORKSPACE, or run `terraform workspace select`
zones_assumed = { $region } is taken to have { $count ->
    [one] 1 availability zone
   *[other] { $count } availability zones
}, as of { $date }
default_vpc_assumed = the default VPC in { $region } is taken to have a public subnet in { $count ->
    [one] its one zone
   *[other] each of its { $count } zones
}, as of { $date }
tofu_file = { $name } is not read: Terraform's own files are. OpenTofu would read it instead of the .tf file of the same name
count_too_large = { $address }: there would be more than { $limit } of them, so it is left out
region_from_resources = the region { $region } comes from the resources' regions, zones and ARNs; no provider states one
region_from_most = the region { $region } is that of most resources in the state
region_from_providers = the region { $region } is that of most resources; the provider without an alias states none
region_from_variable = the region { $region } is the plan's value of { $variable }
region_from_reference = the region { $region } is the only one that the provider's expression names
region_from_files = the region { $region } comes from the .tf files beside the plan, with the plan's variables
region_from_environment = the region { $region } is that of { $variable }; neither the provider nor a resource states one
plan_incomplete = this plan is not complete (-target, -exclude or an error): what it leaves out is not priced
plan_incomplete_named = this plan is not complete (-target, -exclude or an error); not in it and not priced ({ $count }): { $names }
plan_deferred = { $address }: this plan defers it to a later one, so it is not priced
file_means_folder = Terraform reads folders: { $file } was taken for its folder, { $path }
