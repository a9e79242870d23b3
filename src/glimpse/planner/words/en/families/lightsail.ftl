lightsail_generation = an earlier generation of the bundle, at the price of today's bundle
needs_lightsail_bundle = the bundle is not in the files
needs_static_ip_name = it is free while it is attached; its name, which is not known, decides which attachment is meant
