### Levers on the ways in.

lever_fewer_balancers = one load balancer for several host names
how_fewer_balancers = on the first aws_lb add the certificates of the others (aws_lb_listener_certificate) and an aws_lb_listener_rule with a host_header condition for each of their target groups, move their DNS records to it, wait until nobody comes by the old names, and remove the other aws_lb. Hours and addresses go; the capacity units come along
loses_fewer_balancers = one balancer fails for all
risk_fewer_balancers = the services share one load balancer's security groups, limits (100 rules, 25 certificates) and outages; above 10 rules each rule evaluation counts, and a web ACL or access log covers all of them

lever_cloudfront_ingress = CloudFront and an internal load balancer
how_cloudfront_ingress = make a second aws_lb, internal and in private subnets, with a target group of its own that the service joins beside the old one (a second load_balancer block), an aws_cloudfront_vpc_origin for it and an aws_cloudfront_distribution before that; move the domain there, and remove the old aws_lb a few minutes later, in another apply. The public addresses of the load balancer disappear, and CloudFront charges each request and GB
loses_cloudfront_ingress = one more hop, two deployments
risk_cloudfront_ingress = all traffic depends on one more hop; VPC origins support WebSocket only since May 2026, and not in every zone. With one apply instead of two nobody can connect for about 15 minutes. Each request is charged, so with many users it costs more than the addresses it saves

lever_cloudfront_downloads = downloads through CloudFront
how_cloudfront_downloads = files leave by CloudFront, whose price for a gigabyte is lower here, and which charges each request
loses_cloudfront_downloads = a private key to guard
risk_cloudfront_downloads = whoever holds the private key can read every file; a link that was given out works for up to ten minutes, also after its file was deleted

lever_cloudfront_flat_rate = CloudFront flat-rate plan Pro
how_cloudfront_flat_rate = in the CloudFront console subscribe this distribution to the plan Pro; a web ACL belongs to it. Then state it: flat_rate_plan = "pro" under [usage."ADDRESS"] in glimpse.toml, for Terraform has no argument for it. The plan holds 10 million requests and 50 TB a month, the web ACL included
loses_cloudfront_flat_rate = slower above the plan's limit
risk_cloudfront_flat_rate = beyond 10 million requests or 50 TB a month AWS slows delivery down instead of charging more; private origins and cache policies of your own need a more expensive plan

promise_separate_balancers = a balancer for each service
promise_direct_ingress = access without CloudFront
promise_direct_downloads = downloads straight from the bucket
promise_unlimited_delivery = full-speed delivery beyond a plan's limit
