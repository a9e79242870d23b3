template_unread = what its template makes is charged, and templates are not read
needs_provisioned_instances = its scaling configuration could not be read
needs_fleet_capacity = base_capacity could not be read
