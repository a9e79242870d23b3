### What `glimpse deploy` finds in the account, the registry, the image builder, and a rehearsal.

deploy_denied = AWS refuses { $action }: the policy of these credentials does not allow it. Attach the deploy policies (deploy-policy.json, deploy-network-policy.json, deploy-data-policy.json), and bootstrap-policy.json for the first deploy; `glimpse deploy --dry-run` lists all rights.

deploy_no_region = No region is known. Give one with --region, or set AWS_REGION.

deploy_region_unknown = AWS has no region { $region }. A region looks like ap-northeast-2.

deploy_region_off = The region { $region } is off in this account. Turn it on (`aws account enable-region --region-name { $region }`), wait until it is enabled, and run it again.

deploy_quota_too_small = The quota "{ $quota }" in { $region } is { $limit }; a deploy needs { $needed }. Ask for more: `aws service-quotas request-service-quota-increase --service-code { $service_code } --quota-code { $quota_code } --desired-value { $needed } --region { $region }`.

deploy_zone_missing = The availability zone { $zone } is not available to this account. { $region } has { $zones }. Set the variable zones.

deploy_zone_without_vpc_origins = CloudFront's VPC origins were not supported in the availability zone { $zone_id } (reported June 2025), which is { $zone } in this account. Set the variable zones to two others.

deploy_authority_missing = { $path } has no certificate authority of Amazon RDS in { $region }, so no task could connect to the database there. The first lines of that file say how to get AWS's own, which has all regions.

deploy_service_role_missing = The account has no service-linked role { $role }, and these credentials may not let AWS make it. They need { $action } for { $service }, or somebody who may runs `aws iam create-service-linked-role --aws-service-name { $service }` once.

deploy_task_refused = ECS did not start the task of { $family }: { $detail }. Run it again; if ECS says the same, the cause is in the account or the subnets.

deploy_task_missing = ECS does not know the task { $task } in the cluster { $cluster } any more: it keeps stopped tasks for an hour. Run it again.

deploy_unknown_rehearsal = --rehearse { $given }: there is no such case. The cases are: { $cases }.

deploy_rehearsal_order = The rehearsal stops: `{ $step }` needs { $needs }, which is not there yet.

deploy_certificate_failed = ACM will not issue the certificate of { $domain }: { $reason }. Fix that, delete the certificate ({ $arn }), and run it again: the bootstrap asks for a new one.

deploy_git_failed = Git, in { $folder }: { $detail }. The image is tagged with the commit: deploy from a clone that has one.

deploy_no_builder = Nothing here can build the image. These were looked for, and none works: { $looked }. Install one; Docker's daemon must run, too. Or run an image that is in the registry, with --image.

deploy_builder_failed = `{ $program } { $command }` failed: { $detail }. Options for the build, as a mirror needs them, go into GLIMPSE_BUILD_OPTIONS.

deploy_push_lost = The registry accepted { $image }, but does not list it. Run it again.
