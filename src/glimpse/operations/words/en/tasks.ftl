### What happens to the tasks and the balancer of the stack on this machine.

task_starting = Starts on { $provider }.

task_serving = Healthy and registered with the load balancer, { $seconds } s after its start.

task_reclaimed = Spot reclaims it: SIGTERM now, SIGKILL in at most { $seconds } s.

task_deregistered = Deregistered: the balancer sends it no new connections.

task_cut = The deregistration delay is over: the load balancer closes { $count ->
    [one] its last connection
   *[other] its last { $count } connections
}.

task_stopping = SIGTERM; SIGKILL in { $seconds } s at the latest.

task_stop_timeout = Still runs after its stop timeout of { $seconds } s: SIGKILL.

task_ended = Ended (exit code { $exit }).

task_killed = SIGKILL, by a drill.

task_died = Died (exit code { $exit }).

task_out_of_memory = The kernel killed it, because it needed more than its { $mib } MiB.

task_not_healthy = Was not healthy within { $seconds } s of its start: SIGKILL.

task_unhealthy = Failed the load balancer's health check of { $path } ({ $count ->
    [one] once
   *[other] { $count } times in a row
}): ECS stops it and starts another.

task_restart_waits = Tasks keep dying: the next one starts in { $seconds } s.

deploy_began = A rolling deployment begins. Settings: { $names }

deploy_done = The deployment is complete: only new tasks run.

deploy_rolling_back = { $count ->
    [one] 1 new task
   *[other] { $count } new tasks
} did not become healthy: the deployment is rolled back.

deploy_rolled_back =
    The deployment was rolled back, because { $count ->
        [one] 1 new task
       *[other] { $count } new tasks
    } did not become healthy; the earlier settings are in force. A task's last lines:
    { $said }
    Correct the settings and deploy again.

deploy_no_room = A minimum of { $least } % and a maximum of { $most } % let a deployment neither start a new task nor stop an old one. Raise deployment_maximum_percent or lower deployment_minimum_healthy_percent in the Terraform.

clients_cut = The balancer closes all connections at once.

orphans_ended = Ended { $count ->
    [one] 1 process
   *[other] { $count } processes
} that an earlier `glimpse up` left behind when it was killed.

tasks_not_started =
    A task cannot start. Its last lines, of { $log }:
    { $said }

task_not_running = No task { $task } is running. Running tasks: { $names }

haproxy_missing = HAProxy, which is the load balancer here, is not installed: there is no haproxy on PATH or in /usr/sbin. Install it with `apt-get install haproxy` or `brew install haproxy`.

haproxy_not_started =
    HAProxy, the balancer, did not start. Its last lines, of { $log }:
    { $said }

limits_not_linux = Tasks have the CPU and the memory of this machine, not those of the Terraform: only Linux has control groups.

limits_not_permitted = Tasks have the CPU and the memory of this machine, not those of the Terraform: this user may not create control groups. Run as root to limit them.

limits_no_controllers = Tasks have the CPU and the memory of this machine, not those of the Terraform: the control groups of this machine cannot limit both. Enable the controllers cpu and memory.
