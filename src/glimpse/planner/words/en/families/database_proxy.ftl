proxy_vcpus = vCPUs of the instances behind it: { $count }, at least 2; a standby is not counted
needs_proxy_targets = the instances behind the proxy are not all known
needs_subnets = the number of its subnets is unknown
