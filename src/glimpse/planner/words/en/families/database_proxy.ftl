proxy_vcpus = { $count } vCPUs of the instances behind it, 2 at least; a standby is not counted
needs_proxy_targets = the instances behind the proxy are not all known
needs_subnets = in how many subnets it stands is unknown
