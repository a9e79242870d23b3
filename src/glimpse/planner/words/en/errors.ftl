### What is wrong with what a command was given.

## Errors

path_unreadable = { $path } cannot be read ({ $detail }).
path_missing = { $path } does not exist. Give a Terraform directory, or a file made by `terraform show -json PLAN`.
no_terraform = { $path } holds no .tf file. Give the directory that you run terraform in: `glimpse plan PATH`.
path_missing_near = { $path } does not exist. Did you mean { $near }?
path_missing_below = { $path } does not exist. There is Terraform in { $folders }{ $more ->
        [0] {""}
       *[other] {" "}and { $more } more
    }: for example `glimpse plan { $first }`.
path_special = { $path } is neither a file nor a folder. A pipe is read as `-`: `terraform show -json PLAN | glimpse plan -`.
no_terraform_above = { $path } holds no .tf file, but a folder above it does: `glimpse plan { $above }`.
no_terraform_below = { $path } holds no .tf file. There are some below it, in { $folders }{ $more ->
        [0] {""}
       *[other] {" "}and { $more } more
    }: for example `glimpse plan { $first }`.
file_beside_terraform = { $path } is no Terraform file. Give its folder: `glimpse plan { $folder }`.
not_json = not JSON ({ $detail }). Make it with `terraform show -json PLAN`; a plan file itself is not readable.
not_a_plan = { $path } is JSON, but not that of a plan: it has no planned_values.root_module. Make it with `terraform show -json PLAN`.
region_depends = The region of { $path } depends on { $cause }, which the files do not say: give --region, or the value with --var.
region_unknown = { $path } does not say its region: no aws provider block with a known region was found. Give --region, for example --region ap-northeast-2.
region_not_held = There are no prices for the region { $region }. Did you mean { $near }? `glimpse prices show` lists all regions.
variables_without_directory = { $path } is a file: its values are already decided, so --var and --var-file do not apply.
variable_undeclared = --var { $name }: { $path } declares no such variable.
variable_undeclared_near = --var { $name }: { $path } declares no such variable. Did you mean { $near }?
variable_file_broken = this is not a valid variable file, so no figure would be right
variable_malformed = --var { $given }: give name=value, for example --var min_capacity=1.
variable_file_unreadable = The variable file { $path } cannot be read ({ $detail }).
variable_refused = Terraform would refuse the value of the variable { $name }: { $why }
project_missing = --project { $path } is no folder. Give the one that the modules of the stack stand in.
project_too_wide = --project { $path }: a home folder or the whole disk is never read. Give the folder of the project.
project_elsewhere = { $path } is not inside --project { $project }.
too_large_steps = { $path } takes more than { $limit } steps to evaluate, so no figure is given. Pass the output of `terraform show -json PLAN`.
too_large_seconds = { $path } takes more than { $limit } s to evaluate, so no figure is given. Pass the output of `terraform show -json PLAN`.
too_large_size = An expression of { $path } makes more than { $limit } elements or characters, so no figure is given.
too_large_depth = References in { $path } are nested more than { $limit } deep, so no figure is given.
too_large_file = { $path } holds a file of more than { $limit } bytes. Pass the output of `terraform show -json PLAN`.
too_large_files = { $path } reaches more than { $limit } files. Pass the output of `terraform show -json PLAN`.
too_large_bytes = { $path } reaches more than { $limit } bytes of Terraform. Pass the output of `terraform show -json PLAN`.
too_large_lines = { $path } reaches more than { $limit } lines. Pass the output of `terraform show -json PLAN`.
too_large_resources = { $path } makes more than { $limit } resources. Pass the output of `terraform show -json PLAN` of a part of it.
too_large_modules = { $path } calls more than { $limit } modules. Pass the output of `terraform show -json PLAN`.
capacity_not_held = service.runs names { $name }, a service that was never measured. Measured services: { $held }.
document_not_held = plan.document names { $name }, which is not known. Known: { $held }.
usage_file_missing = The usage file { $path } does not exist.
usage_file_unreadable = The usage file { $path } cannot be read: { $detail }.
usage_file_too_large = The usage file { $path } is larger than { $limit } bytes, or its YAML aliases expand to more.
usage_file_not_yaml = This is not a usage file: { $detail }.
usage_file_not_a_map = { $key } must be a map of names to values.
usage_file_key_twice = { $key } appears twice in the same map.
usage_file_version = The usage file says version { $version }; it was read as version 0.1.
usage_file_key_unknown = { $key } is not a section of a usage file, so nothing in it was read. Sections: { $known }.
usage_file_key_unknown_near = { $key } is not a section of a usage file, so nothing in it was read. Did you mean { $near }?
usage_key_unknown = No price of { $address } depends on { $count ->
    [one] this usage
   *[other] these { $count } kinds of usage
}: { $keys }.
usage_key_unknown_near = No price of { $address } depends on { $key }. Did you mean { $near }?
usage_address_unknown = Usage was given for { $count ->
    [one] an address that is
   *[other] { $count } addresses that are
} not in the stack: { $addresses }.
usage_address_unknown_near = Usage was given for { $address }, which is not in the stack. Did you mean { $near }?
output_unwritable = { $path } cannot be written ({ $detail }).
folder_gone = The folder that you are in was removed. Go to one that exists.
system_refused = The operating system refused: { $detail }.
broken_inside = This is an error in Glimpse itself ({ $detail }). Nothing was changed. Please report it with the command that you ran.
region_undecided = The region of { $path } is ambiguous: found { $regions }. Choose one, for example --region ap-northeast-2.
plan_not_shown = { $path } is a plan file as Terraform stores it. Give its JSON: terraform show -json { $path } > plan.json
plan_log = { $path } is what `terraform plan -json` prints while it works. Run terraform plan -out=plan.bin, then terraform show -json plan.bin > plan.json
state_not_shown = { $path } is a state as Terraform stores it. Give its JSON: in the folder where terraform init ran, terraform show -json { $path } > state.json
terragrunt = { $path } is a Terragrunt folder. Run terragrunt plan -out=plan.bin there, then terragrunt show -json plan.bin > plan.json, and give plan.json.
