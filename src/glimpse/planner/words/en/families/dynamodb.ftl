needs_table = its table is not in these files
table_warmed = charged once, when it is raised; not priced here
scaled_to_least = counted at the minimum that scaling keeps; more is charged while it is scaled out
