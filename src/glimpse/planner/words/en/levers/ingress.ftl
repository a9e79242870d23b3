### Levers on the ways in.

lever_fewer_balancers = one balancer, told apart by host names
how_fewer_balancers = on the first aws_lb add the certificates of the others (aws_lb_listener_certificate) and an aws_lb_listener_rule with a host_header condition for each of their target groups, move their DNS records to it, wait until nobody comes by the old names, and remove the other aws_lb. Hours and addresses go; the capacity units come along
risk_fewer_balancers = the services share security groups, limits (100 rules, 25 certificates) and outages of one balancer; above 10 rules each evaluation counts, and a web ACL or access log is for all of them

lever_cloudfront_ingress = CloudFront before an internal balancer
how_cloudfront_ingress = make a second aws_lb, internal and in private subnets, with a target group of its own that the service joins beside the old one (a second load_balancer block), an aws_cloudfront_vpc_origin for it and an aws_cloudfront_distribution before that; move the domain there, and remove the old aws_lb a few minutes later, in another apply. The balancer's public addresses go, and each request and GB is charged by CloudFront
risk_cloudfront_ingress = one more hop that everything depends on; WebSocket to a VPC origin exists only since May 2026, and not in every zone. In one apply instead of two nobody gets in for about 15 minutes. Requests are charged each, so with many users it costs more than the addresses it saves

lever_cloudfront_downloads = downloads by CloudFront
how_cloudfront_downloads = files leave by CloudFront, whose price for a gigabyte is lower here, and which charges each request
risk_cloudfront_downloads = whoever holds the private key can read every file; a link that was given out works for up to ten minutes, also after its file was deleted

lever_cloudfront_flat_rate = CloudFront flat-rate plan Pro
how_cloudfront_flat_rate = in the CloudFront console subscribe this distribution to the plan Pro; a web ACL belongs to it. Then state it: flat_rate_plan = "pro" under [usage."ADDRESS"] in glimpse.toml, for Terraform has no argument for it. The plan holds 10 million requests and 50 TB a month, the web ACL included
risk_cloudfront_flat_rate = beyond 10 million requests or 50 TB a month AWS slows delivery down instead of charging more; private origins and cache policies of your own need a dearer plan

promise_separate_balancers = a balancer for each service
promise_direct_ingress = a way in without CloudFront
promise_direct_downloads = downloads straight from the bucket
promise_unlimited_delivery = delivery at full speed beyond a plan's limit
