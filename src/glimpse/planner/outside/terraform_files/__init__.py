"""
Reading a stack from Terraform: a directory of files, or the JSON of a plan.

    hcl → sandbox → worker      in a guarded process: find blocks, copy the tree safely, evaluate it
    evaluation                  starts that process and limits it
    directory, plan_json        two readers, one kind of Block
    families/                   Block → the planner's own resources; Terraform's names end there
    reading                     the whole of it: path → Stack
"""
