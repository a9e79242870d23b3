needs_kubernetes_version = its Kubernetes version is unknown: versions past standard support cost more
kubernetes_extended = standard support of Kubernetes { $version } ended on { $date }
on_outposts_cluster = its control plane runs on instances of an Outpost
