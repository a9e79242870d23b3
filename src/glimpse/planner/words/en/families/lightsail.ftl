lightsail_generation = an earlier generation of bundle, at the price of today's
needs_lightsail_bundle = the bundle is not in the files
needs_static_ip_name = it is free while it is attached, and which attachment means it depends on its name, which is not known
