"""
The families: for each kind of thing AWS charges for, what it is and which meters it turns.

A family knows no Terraform name and no price. To add one: a file here, its reading in
`outside/terraform_files/families/`, and a case folder in `tests/cases/`.
"""
