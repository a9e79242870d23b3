### Levers on the ways out of a VPC.

lever_gateway_endpoints = gateway endpoints for S3 and DynamoDB
how_gateway_endpoints = add an aws_vpc_endpoint with vpc_endpoint_type = "Gateway" for com.amazonaws.REGION.s3 and another for .dynamodb, with the vpc_id of this gateway and route_table_ids of all private route tables. They cost nothing, and what goes to S3 (images of ECR, too) and DynamoDB no longer passes the NAT gateway
loses_gateway_endpoints = open connections break once
risk_gateway_endpoints = open connections to S3 and DynamoDB break once while the routes change; a bucket policy or security group that names the gateway's public address must name the endpoint (aws:SourceVpce, a prefix list) instead

lever_one_nat_gateway = one NAT gateway for all zones
how_one_nat_gateway = keep the first aws_nat_gateway of the VPC, point the 0.0.0.0/0 route of every private route table at it, and remove the others with their aws_eip. Traffic from other zones then crosses to it, at $0.01 a GB on each side in most regions
loses_one_nat_gateway = no egress when its zone fails
risk_one_nat_gateway = when its zone fails, nothing in the other zones reaches the internet; partners that allow your addresses must be told the remaining one

lever_nat_gateway = NAT gateway instead of a NAT instance
how_nat_gateway = replace the NAT instance and its address by an aws_nat_gateway with an aws_eip, and set nat_gateway_id in the routes that named the instance: paid by the hour and by the gigabyte, and AWS keeps it running
loses_nat_gateway = a charge for each GB
risk_nat_gateway = no technical risk, but it costs more by the hour and by the gigabyte, and losing its one zone stops all traffic out

lever_nat_instance = NAT instance instead of a NAT gateway
how_nat_instance = replace the aws_nat_gateway by an aws_instance of type t4g.nano with an ARM image that forwards (fck-nat, for example), source_dest_check = false, credit_specification {"{"} cpu_credits = "standard" {"}"} and a gp3 root disk of 8 GB; attach the same aws_eip to it and set network_interface_id in the routes. No charge for a GB is left
loses_nat_instance = a NAT that you run yourself
risk_nat_instance = you patch and monitor it yourself; when it fails, nothing reaches the internet until it is back; a t4g.nano carries far less traffic than a gateway, and slows down when its CPU credits are used up

lever_interface_endpoints = interface endpoints instead of NAT
how_interface_endpoints = add an aws_vpc_endpoint with vpc_endpoint_type = "Interface" and private_dns_enabled = true for ecr.api and ecr.dkr, and where you use them logs, secretsmanager, ssm, sqs and sns, in one private subnet for each NAT gateway of today, and gateway endpoints for S3 and DynamoDB; then remove the NAT gateways, their aws_eip and their routes. Only for tasks that call nothing but AWS
loses_interface_endpoints = no egress beyond AWS
risk_interface_endpoints = tasks reach nothing but these services: no other AWS service, no third party, no image outside ECR. Look through the VPC flow logs first; each further service costs another endpoint

lever_task_addresses = an address for each task, without a NAT
how_task_addresses = in network_configuration of the aws_ecs_service name public subnets and set assign_public_ip = true, let their security group accept only the load balancer, and remove the NAT with its address and routes; the service is deployed again
loses_task_addresses = tasks that face the internet
risk_task_addresses = tasks are reachable from the internet, protected only by their security group; every further task costs an address

lever_ipv6_only = IPv6-only tasks, egress-only gateway
how_ipv6_only = give the VPC an IPv6 block (assign_generated_ipv6_cidr_block), add subnets with ipv6_native = true and a ::/0 route to an aws_egress_only_internet_gateway, which is free, run the services there, set ip_address_type = "ipv6" in their target groups, and remove the NAT; load balancer, database and cache support both
loses_ipv6_only = no outgoing IPv4, 1–3 min of 503
risk_ipv6_only = third parties without IPv6 cannot be reached, so first check what the tasks call (payments, mail, push). ECS Exec does not work there: use a one-off task as a console. The target groups are replaced, so new connections fail for one to three minutes; the cache is replaced too, and the service must listen on IPv6

lever_ipv6_dual_stack = dual-stack tasks, egress-only gateway
how_ipv6_dual_stack = tasks keep a private IPv4 address for the database and use IPv6 for outgoing traffic
loses_ipv6_dual_stack = tasks that may not start
risk_ipv6_dual_stack = there are reports that such tasks do not start: for a task with an IPv4 address Fargate fetches its registry token over IPv4. Planned until a task has been seen to start

lever_private_addresses = servers behind a balancer without public IPs
how_private_addresses = move the instance (subnet_id) or the group (vpc_zone_identifier) into the private subnets whose route leads to the NAT gateway, or set associate_public_ip_address = false there; people still come by the balancer. An instance is replaced; a group's are when they are refreshed
loses_private_addresses = no direct access to the servers
risk_private_addresses = nobody reaches the servers directly any more (SSH: use Session Manager); what they send to others passes the NAT gateway, which charges each GB

promise_nat_zones = a NAT gateway in each zone
promise_nat_gateway = a NAT that AWS keeps running
promise_nat_instance = a NAT without a charge for each GB
promise_ipv4_egress = outgoing traffic over IPv4
promise_private_tasks = tasks without public addresses
promise_public_addresses = the servers' own public addresses
