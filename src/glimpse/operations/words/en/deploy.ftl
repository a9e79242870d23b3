### What `glimpse deploy` says: its steps, what it asks, why it stops.

## The steps

deploy_step_preflight = [{ $number }/{ $count }] { $time }  preflight: tools, credentials, region, quotas

deploy_step_bootstrap = [{ $number }/{ $count }] { $time }  bootstrap: state bucket, registry, DNS zone, certificates, role for CI

deploy_step_delegation = [{ $number }/{ $count }] { $time }  delegation: ACM issues the certificates once the parent domain points to the zone

deploy_step_image = [{ $number }/{ $count }] { $time }  image: build and push

deploy_step_plan = [{ $number }/{ $count }] { $time }  plan: what Terraform changes, and what it costs

deploy_step_prepare = [{ $number }/{ $count }] { $time }  prepare: network, database, and all else that a migration needs

deploy_step_secrets = [{ $number }/{ $count }] { $time }  secrets: a value for each that has none

deploy_step_migrate = [{ $number }/{ $count }] { $time }  migrate: the database, by a task of its own

deploy_step_apply = [{ $number }/{ $count }] { $time }  apply: the rest of the plan, the service included

deploy_step_rollout = [{ $number }/{ $count }] { $time }  rollout: until the service is steady

deploy_step_migrate_after = [{ $number }/{ $count }] { $time }  migrate --after: remove what only the previous release used

deploy_step_verify = [{ $number }/{ $count }] { $time }  verify: the running service against its plan

## What a step finds and does

deploy_nothing_to_do = Nothing to do.

deploy_account = Account { $account }, region { $region }, environment { $name }.

deploy_state_kept = Terraform's state of the bootstrap is in the bucket { $bucket } now.

deploy_certificates_issued = ACM has issued the certificates.

deploy_delegate = Enter these name servers for { $domain } where its parent domain is registered: { $servers }. ACM issues the certificates some minutes later. Leave this running, or stop it (Ctrl-C) and run it again later.

deploy_waits_for_certificates = Waiting for ACM ({ $time })

deploy_image_given = The image { $digest } is in the registry.

deploy_image_found = The image { $tag } is in the registry already: { $digest }.

deploy_image_builds = Building { $tag } …

deploy_image_pushed = Pushed: { $digest }.

deploy_secret_put = { $name } has a new random value.

deploy_task_started = Task { $task } started.

deploy_waits_for_task = The task is running ({ $time })

deploy_log_line = log: { $line }

deploy_task_done = The task ended with exit code 0.

deploy_event = ECS: { $text }

deploy_waits_for_service = New tasks running: { $running } of { $desired } ({ $time })

deploy_steady = The service is steady. Tasks with the new image: { $running } of { $desired }.

deploy_no_after_for_older = Skipped: this image is not that of the working tree, and an older release must not finish the migrations of a newer one.

deploy_last_good = { $digest } is the last good image now (parameter { $name }): a later deploy that fails goes back to it.

deploy_verified = Deployed and verified in { $time }: https://{ $domain }

## The plan and its money

deploy_changes = Terraform's changes: { $created } created, { $changed } changed, { $replaced } replaced, { $destroyed } destroyed.

deploy_change_replaced = replaced: { $address }

deploy_change_destroyed = destroyed: { $address }

deploy_more_lines = … and { $count } more

deploy_bill = Monthly bill: ${ $before } now, ${ $after } afterwards.

deploy_bill_new = Monthly bill: ${ $after }.

deploy_bill_at_least = Monthly bill: at least ${ $before } now, at least ${ $after } afterwards; a part has no price.

deploy_bill_at_least_new = Monthly bill: at least ${ $after }; a part has no price.

deploy_bill_line = { $what }: ${ $before } → ${ $after }

deploy_bill_line_new = { $what }: ${ $after }

deploy_budget_small = The budget of ${ $budget } is below that bill of ${ $after }: AWS will send alarms every month. Raise monthly_budget_usd, or choose a smaller design.

deploy_plan_grew = The rest of the plan has { $count ->
    [one] 1 change that was
   *[other] { $count } changes that were
} not shown before:

deploy_ask_bootstrap = Create this in the account? [y/N]

deploy_ask_plan = Apply this plan? [y/N]

deploy_ask_more = Apply these, too? [y/N]

deploy_agreed_before = Agreed to beforehand (--yes).

## Why it stops

deploy_preflight_missing = { $count ->
    [one] 1 thing is missing. Fix it
   *[other] { $count } things are missing. Fix them
} and run it again.

deploy_nobody_to_ask = There is no terminal on which you could agree to this. Run it in a terminal, or with --yes.

deploy_not_agreed = You did not agree, so this was not applied.

deploy_state_lost = The bucket { $bucket } is there without the bootstrap's state, and this machine has no such state: a first deploy ended on another machine before the state was moved. Run `glimpse deploy` there, or read "When a step fails" in the guide.

deploy_not_delegated = ACM has not issued the certificates of { $domains }. Check that the parent domain names these servers: { $servers }. Then run it again.

deploy_image_unknown = --image { $digest }: the registry { $repository } has no such image. `aws ecr describe-images --repository-name { $repository }` lists them.

deploy_output_wrong = Terraform ({ $root }): { $detail }. `glimpse deploy` needs the outputs of this repository's Terraform.

deploy_secret_by_hand = { $names }: deploy cannot make this value. It is the private half of downloads_public_key, in PEM: put it into that parameter as a SecureString, and run it again.

deploy_task_endless = The task { $task } still runs after { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
}. Look at its log; a second run waits for its migrations to end before it starts its own.

deploy_task_never_started = The task's container never started. ECS says: { $reason }

deploy_migration_failed = The migration ended with exit code { $exit_code }. Its log above says why.

deploy_migration_after_failed = `migrate --after` ended with exit code { $exit_code }. The service runs the new image; what only the previous release used is still in the database. The log above says why.

deploy_no_service = ECS has no service { $service } in the cluster { $cluster }, although Terraform applied it.

deploy_rollout_endless = The service is not steady after { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
}. The tasks of the previous release still serve, and ECS keeps trying; its events above say why. Run it again to keep waiting.

deploy_given_up = ECS gave up on this image after { $failed ->
    [one] 1 failed task
   *[other] { $failed } failed tasks
}: { $reason }

deploy_goes_back = Going back to the last good image, { $digest }.

deploy_no_image_before = The image { $digest } does not start, and there is no good image to go back to. What was created stays. Find the cause in the task's log, fix the image, and run it again.

deploy_settings_fail = The image { $digest } has run before, so the cause is what changed around it: a variable, a size or a secret. ECS has gone back to the previous task definition. Undo that change and run it again.

deploy_back_changes_more = Going back to { $digest } would also change { $addresses }, so it was not applied. Look at those and run `glimpse deploy --image { $digest }`.

deploy_back_unsteady = The last good image { $digest } is applied again, but the service is not steady. Look at ECS's events above.

deploy_went_back = The deploy failed: { $broken } does not run. The service runs { $digest } again. The log of the failed tasks says why.

deploy_not_verified = The image runs, and `glimpse verify` found something wrong: see its report above.

deploy_nothing_changed = Nothing was changed.

deploy_goes_on = Run the same command again: it continues where this run ended.

deploy_goes_on_untouched = The service was not touched. Run the same command again: it continues where this run ended.

deploy_interrupted = Stopped in the step { $step }. Run the same command again: it continues where this run ended.

deploy_rehearses = A rehearsal, { $name }: no account, no AWS, and time does not really pass.

## Terraform

deploy_terraform_created = { $address } created ({ $time })

deploy_terraform_changed = { $address } changed ({ $time })

deploy_terraform_deleted = { $address } deleted ({ $time })

deploy_terraform_works = AWS is working on { $address } ({ $time })

deploy_terraform_plans = Terraform is comparing the account with the files ({ $time })

deploy_terraform_ends = Terraform finishes what it is doing and saves its state; Ctrl-C again makes it stop at once.

deploy_terraform_missing = Terraform cannot be started: { $detail }. Install Terraform 1.10 or newer and put it on the PATH.

deploy_terraform_failed =
    `terraform { $command }` failed in { $folder }:
    { $detail }

deploy_state_locked = Terraform's state is locked by { $who } since { $since } ({ $operation }): another deploy runs, or a killed one still finishes its apply. Wait until it has ended. If nothing runs any more: terraform -chdir={ $folder } force-unlock { $id }

deploy_local_state =
    { $path } is the state of an environment that was applied by hand. Move it into the state bucket first, and delete the file:
    terraform -chdir={ $folder } init -migrate-state { $settings }

deploy_bill_unread = The bill of this plan cannot be computed, so you cannot agree to it: { $detail }

## The dry run

deploy_dry_run = What `glimpse deploy` would call for { $name }, with the right of each call. Nothing is called.

deploy_dry_run_terraform = terraform { $command } ({ $root }), by type of resource:

deploy_dry_run_part = terraform plan, apply (environment), only what a migration needs: rights of the steps plan and apply

deploy_dry_run_policies = The policies that allow just this: deploy-policy.json, deploy-network-policy.json and deploy-data-policy.json for CI, and bootstrap-policy.json for the first deploy (glimpse/operations/outside/aws).

## Programs

deploy_tool_missing = { $tool } is not installed, or does not start: install { $least } or newer and put it on the PATH.

deploy_tool_old = { $tool } is { $version }, and deploy needs { $least } or newer.

deploy_builder_line = build: { $line }

deploy_not_own_tree = { $path } is not an environment of this repository's Terraform: no folder above it holds a folder bootstrap. Give the folder of an environment, such as infrastructure/terraform/environments/startup-prod.

deploy_name_unknown = { $path }: the files do not give the name of the cluster or the domain of the service. `glimpse deploy` needs both before the first apply.

deploy_domain_reserved = domain_name is { $domain }, which nobody can own. Give a name of yours in production.auto.tfvars: step 6 of docs/how-to/aws-in-ten-steps.md.

deploy_bootstrap_destroys = The bootstrap would destroy or replace what is listed above, and --yes does not agree to that. Is production.auto.tfvars missing from this clone? If you want that, run it in a terminal without --yes.

deploy_variables_missing = These variables have no value: { $names }. Give them in production.auto.tfvars: step 6 of docs/how-to/aws-in-ten-steps.md.
