### What is wrong with what a command was given.

## Errors

path_unreadable = { $path } cannot be read ({ $detail }).
path_missing = { $path } does not exist. Give a Terraform directory, or a file made by `terraform show -json PLAN`.
no_terraform = { $path } holds no .tf file. Give the directory you would run terraform in.
not_json = not JSON ({ $detail }). Make it with `terraform show -json PLAN`; a plan file itself is not readable.
not_a_plan = { $path } is JSON, but not that of a plan: it has no planned_values.root_module. Make it with `terraform show -json PLAN`.
region_depends = The region of { $path } depends on { $cause }, which the files do not tell: give --region, or the value with --var.
region_unknown = { $path } does not say its region: no aws provider block with a known region was found. Give --region, for example --region ap-northeast-2.
region_not_held = No prices for region { $region }; the nearest name held is { $near }. `glimpse prices show` lists them all.
variables_without_directory = { $path } is a file: its values are already decided, so --var and --var-file do not apply.
variable_undeclared = --var { $name }: { $path } declares no such variable.
variable_undeclared_near = --var { $name }: { $path } declares no such variable. Did you mean { $near }?
variable_file_broken = this is not a valid variable file, so no figure would be right
variable_malformed = --var { $given }: give name=value, for example --var min_capacity=1.
variable_file_unreadable = The variable file { $path } cannot be read ({ $detail }).
variable_refused = Terraform would refuse the value of the variable { $name }: { $why }
project_too_wide = --project { $path }: a home folder or the whole disk is never read. Give the folder of the project.
project_elsewhere = { $path } does not lie in --project { $project }.
too_large_steps = { $path } takes more than { $limit } steps to evaluate, so no figure is given. Pass the output of `terraform show -json PLAN`.
too_large_seconds = { $path } takes more than { $limit } s to evaluate, so no figure is given. Pass the output of `terraform show -json PLAN`.
too_large_size = An expression of { $path } makes more than { $limit } elements or characters, so no figure is given.
too_large_depth = Names of { $path } lead to names more than { $limit } deep, so no figure is given.
too_large_file = { $path } holds a file of more than { $limit } bytes. Pass the output of `terraform show -json PLAN`.
too_large_files = { $path } reaches more than { $limit } files. Pass the output of `terraform show -json PLAN`.
too_large_bytes = { $path } reaches more than { $limit } bytes of Terraform. Pass the output of `terraform show -json PLAN`.
too_large_lines = { $path } reaches more than { $limit } lines. Pass the output of `terraform show -json PLAN`.
too_large_resources = { $path } comes to more than { $limit } resources. Pass the output of `terraform show -json PLAN` of a part of it.
too_large_modules = { $path } calls more than { $limit } modules. Pass the output of `terraform show -json PLAN`.
capacity_not_held = service.runs names { $name }, which nobody measured. Measured: { $held }.
document_not_held = plan.document names { $name }, which is not known. Known: { $held }.
usage_file_missing = The usage file { $path } does not exist.
usage_file_unreadable = The usage file { $path } cannot be read: { $detail }.
usage_file_too_large = The usage file { $path } is larger than { $limit } bytes, or comes to as much by its aliases.
usage_file_not_yaml = This is not a usage file: { $detail }.
usage_file_not_a_map = { $key } must be a map of names to values.
usage_file_key_twice = { $key } stands twice in the same map.
usage_file_version = The usage file says version { $version }; it was read as version 0.1.
usage_file_key_unknown = { $key } is not a section of a usage file, so nothing in it was read. Sections: { $known }.
usage_file_key_unknown_near = { $key } is not a section of a usage file, so nothing in it was read. Did you mean { $near }?
usage_key_unknown = Usage was given for { $address } that no price here depends on, { $count } in number: { $keys }.
usage_key_unknown_near = No price of { $address } depends on { $key }. Did you mean { $near }?
usage_address_unknown = Usage was given for addresses that are not in the stack, { $count } in number: { $addresses }.
usage_address_unknown_near = Usage was given for { $address }, which is not in the stack. Did you mean { $near }?
output_unwritable = { $path } cannot be written ({ $detail }).
broken_inside = Glimpse itself broke ({ $detail }). Nothing was changed. Please report it with the command you ran.
region_undecided = The region of { $path } is not decided: { $regions } were seen. Choose one, for example --region ap-northeast-2.
plan_not_shown = { $path } is a plan file as Terraform stores it. Give its JSON: terraform show -json { $path } > plan.json
plan_log = { $path } is what `terraform plan -json` prints while it works. Run terraform plan -out=plan.bin, then terraform show -json plan.bin > plan.json
state_not_shown = { $path } is a state as Terraform stores it. Give its JSON: in the folder where terraform init ran, terraform show -json { $path } > state.json
terragrunt = { $path } is a Terragrunt folder. Run terragrunt plan -out=plan.bin there, then terragrunt show -json plan.bin > plan.json, and give plan.json.
