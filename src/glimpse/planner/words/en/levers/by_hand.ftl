### What is found by hand in words: charged, and used by nothing in the files.

lever_unattached_addresses = release Elastic IPs that nothing uses
how_unattached_addresses = Check in the EC2 console, Elastic IPs, that the address has no association; then delete the aws_eip resource
loses_unattached_addresses = the addresses are gone for good
risk_unattached_addresses = the address is lost for good: whatever uses it outside these files (DNS records, partners' allow lists, a script that attaches it) stops working

lever_unattached_volumes = delete EBS volumes that are not attached
how_unattached_volumes = Check in the EC2 console, Volumes, that its state is "available"; make a snapshot if anybody may want the data, then delete the aws_ebs_volume resource
loses_unattached_volumes = the volumes' data is gone
risk_unattached_volumes = its data is deleted, and a script that attaches it by its tags finds nothing. A snapshot is charged too, for what was written

lever_old_snapshots = delete snapshots that nothing uses
how_old_snapshots = In the EC2 console, Snapshots, see when it was made and from what; if nobody would restore it, delete the aws_ebs_snapshot (or aws_ebs_snapshot_copy) resource. Data Lifecycle Manager (aws_dlm_lifecycle_policy) can make new snapshots and delete old ones by itself
loses_old_snapshots = the snapshots' data is gone
risk_old_snapshots = its data cannot be restored any more. AWS charges what was written, so the saving may be smaller than for the whole volume

lever_idle_balancers = delete load balancers without targets
how_idle_balancers = Check in the EC2 console that its target groups have no registered targets and that RequestCount (or ActiveFlowCount) stays 0 in CloudWatch; then delete the aws_lb resource with its listeners, rules and target groups
loses_idle_balancers = their DNS names are gone for good
risk_idle_balancers = its DNS name is lost for good; another stack, a deployment tool or a person may register listeners or targets that no file here shows

lever_stopped_disks = delete instances that are kept stopped
how_stopped_disks = Make an image (AMI) of the instance if it may be needed again; then delete the aws_instance resource with its aws_ec2_instance_state and its aws_eip
loses_stopped_disks = their disks' data is gone
risk_stopped_disks = what is on its disks is deleted and its public address is lost; the snapshots of an image are charged for what was written

lever_session_manager = Session Manager instead of a bastion
how_session_manager = Attach AmazonSSMManagedInstanceCore to the instance profile of the servers that people log in to (Amazon Linux and Ubuntu images have the agent), and check that aws ssm start-session opens a shell on them; a database is reached through one of them with the document AWS-StartPortForwardingSessionToRemoteHost. Then delete the bastion's aws_instance (or group) with its aws_eip and the security group rules for port 22
loses_session_manager = no SSH by way of the bastion
risk_session_manager = SSH keys, tunnels and allow lists that name its address stop working, and what else runs on it (cron jobs, VPN) is lost. Servers must reach Systems Manager by a NAT or by interface endpoints, which are charged; where no other instance is left, nothing forwards to the database (Fargate tasks: ECS Exec)

promise_ssh_bastion = a bastion for SSH
