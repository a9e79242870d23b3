### The help of every command.

help_actual = A Cost and Usage Report (CSV, gzip, Parquet) or a Cost Explorer CSV: fills usage, and stands beside the bill.
help_serve = Serve the chat: Socket.IO, REST and a page to try it, on one port.
help_serve_more =
    Without any setting it starts its own PostgreSQL in ./glimpse-data, and its own object store there for the first file. SIGTERM drains it, Ctrl-C ends it at once; either way it answers the requests that it has received.

      glimpse serve                       then open http://localhost:3001
      GLIMPSE_PORT=8000 glimpse serve     on another port

    exit codes: 0 ended as asked
                2 a setting is invalid, or something that it needs is missing

    environment:
help_migrate = Bring the database of GLIMPSE_DATABASE_URL up to this release; run it before a deploy.
help_migrate_more =
    Log in as the owner of the database. Nothing is applied where a newer release has migrated it and this one works with that.

      GLIMPSE_DATABASE_URL=postgresql://… glimpse migrate
                                                  before the deploy
      GLIMPSE_DATABASE_URL=postgresql://… glimpse migrate --after
                                                  after it

    exit codes: 0 the database fits this release
                2 a setting is invalid, or the database cannot be migrated

    environment:
help_up = Run the whole stack on this machine: balancer, tasks, database, bus and object store, with a live page.
help_up_more =
    The Terraform decides how many tasks run, how large they are, which bus carries the events, and how the balancer checks, keeps and drops connections. Ctrl-C ends everything; the next start finds the data.

      glimpse up                              this repository's stack as it stands
      glimpse up prod --var-file best.tfvars  a stack with a variable file
      eval "$(glimpse up --addresses)"; psql "$DATABASE_URL"
                                              the database of the running stack
help_drill = Take a part of the stack away under load, and count what its clients lost.
help_drill_more =
    Uses the stack of `glimpse up` where one runs; otherwise it starts one for the time of the drill. Exit code 1: a promise was broken.

      spot          AWS takes a Spot task back: it drains, and a replacement starts
      crash         a task is killed without a warning
      bus           the bus between the tasks is killed and starts again
      database      PostgreSQL is killed and recovers
      storage       the object store is killed while a file is uploaded
      deploy        new tasks replace all old ones
      storm         the balancer cuts all clients at once, 200 quiet ones too
      slow-readers  some clients stop reading while others talk

      glimpse drill spot --speed 5    notice, drain and start in a fifth of the time
      glimpse drill deploy --env GLIMPSE_JWT_SECRETS=new,old
                                      gives the tasks another setting
help_verify = Go through the plan document's checklist on a running stack: confirmed, refuted or unknown.
help_verify_more =
    What cannot be seen is unknown, never confirmed. Exit code 1: a check is refuted.

      glimpse verify                          the stack of `glimpse up`
      glimpse verify --on https://chat.example.com --token JWT --token JWT
                                              a deployed chat, from outside
      glimpse verify --on aws                 the same, and what AWS says about it

    From outside, two accounts talk to each other, and what they wrote is deleted. AWS is only read, with the standard credentials; the check of the bill costs $0.01.
help_bus = What carries events between tasks: postgresql (the database itself) or valkey. Default: what the Terraform has.
help_tasks = How many tasks run. Default: as many as the Terraform wants.
help_stack_data = Folder for the data of the stack on this machine. Default: glimpse-data/up.
help_speed = Divide the Spot notice, the drain, the deregistration delay and the start of tasks by N, at least 1. Clients keep their own time.
help_port = Port of the balancer, where the chat is. Default: 8080.
help_page_port = Port of the live page. Default: 8090.
help_addresses = Print the addresses of the running stack as shell variables, and end.
help_drill_name = One of { $names }.
help_clients = How many clients talk during the drill. Default: 12.
help_seed = Decides which task is taken and how long starts take, so that a drill can be repeated.
help_env = A setting that a deploy gives to the new tasks. May be repeated.
help_on = What to check: local (the stack of `glimpse up`), the URL of a deployed chat, or aws. Default: local.
help_token = Access token of a user who may write and delete messages; give two. Default: two accounts are signed up, and deleted at the end.
help_slow = Wait until an upload address has expired (300 s), and check that it is refused then.
help_verify_drill = Take a Spot task of this ECS service away, and check that the service recovers.
help_verify_yes = Ask nothing: a task of the local stack may be taken away.
help_only = Run only these checks.
help_verify_strict = End with exit code 3 where something is unknown.
help_deploy = Deploy the stack to AWS, from an empty account to a verified service; a second run goes on where it ended.
help_deploy_more =
    The order: preflight, bootstrap, delegation, image, plan, prepare, secrets, migrate, apply, rollout, migrate --after, verify. You are asked before anything that costs money. A broken image ends in the old one, with exit code 1.

      glimpse deploy --dry-run                every call, with the right it needs
      glimpse deploy --rehearse               the whole order against fakes
      glimpse deploy --var-file best.tfvars   the design that `plan` recommends
      glimpse deploy --image sha256:…         goes back to an image that ran before
help_deploy_image = Run this digest, which is in the registry, instead of building an image.
help_deploy_dry_run = Print each call in its order, with the right it needs; make none.
help_deploy_rehearse = Go through the order against fakes, without an account. CASE is what happens: good (default), later-deploy, killed, broken-image, broken-first-image, no-spot, migration-fails, migration-never-starts, slow-delegation, quota-too-small, no-credentials.
help_deploy_yes = Ask nothing: apply the plan as it is.
help_watch = What the deployed stack cost and how it fares, beside its plan.
help_watch_more =
    Cost Explorer by service and tag beside the bill, with each difference explained; alarms, tasks, connections, 5xx, burst credits, when the storage ends, age of the prices.

      glimpse watch --var-file best.tfvars --format markdown --output week.md
      GLIMPSE_SLACK_URL=https://… glimpse watch --send slack
help_watch_days = Days to compare (7). The last one is the day before yesterday, because Cost Explorer is up to 24 hours late.
help_watch_send = Send the report to an SNS topic (sns:ARN), or to the Slack webhook in GLIMPSE_SLACK_URL.
help_workload_command = The workload file, `glimpse.toml`.
help_from_cloudwatch = Fill `glimpse.toml` with what a month of CloudWatch metrics shows.
help_from_cloudwatch_more =
    Each value names its metric, so that the next plan sizes by what happened. Without --output the values are printed and no file changes; with it, the file is edited in place and keeps its comments.

      glimpse workload from-cloudwatch infra/prod
help_from_cloudwatch_days = Days before today to read (30).
help_from_cloudwatch_output = The `glimpse.toml` to edit.
help_glimpse =
    What a Terraform stack on AWS costs, what each change would save and risk: offline, without an account. And the chat service that such a stack runs.

    To begin with:
      glimpse plan PATH    your own stack: what it costs, and what to change
      glimpse diff main    what your branch changes in the bill
      glimpse serve        the chat itself, in a browser

    `glimpse COMMAND --help` has examples of each command.
help_arguments = arguments
help_options = options
help_commands = commands
help_help = This help.
help_examples =
    examples:
      glimpse plan prod --var-file balanced.tfvars    with a variable file
      glimpse plan prod --lang ko                     in Korean
      terraform show -json PLAN > plan.json && glimpse plan plan.json
                                                      as Terraform evaluated it
      glimpse bill prod --format json --output bill.json
                                                      the bill for a script
help_plan = Read the stack, price it, and say what to change: what each change saves, what it gives up, and what it risks.
help_plan_more =
    PATH is a Terraform directory, or a file made by `terraform show -json PLAN`.

      glimpse plan infra/prod                     the answer in 40 lines
      glimpse plan infra/prod --full              everything
      glimpse plan infra/prod --var-file a.tfvars --var tasks=4
                                                  with other values
      glimpse plan plan.json --format json        a Terraform plan, for a script

    exit codes: 0 done
                1 the stack as it stands breaks a promise that glimpse.toml states
                2 the input cannot be read
                3 --strict met something unpriced or unresolved
help_bill_more =
    PATH is a Terraform directory, or a file made by `terraform show -json PLAN`.

      glimpse bill infra/prod                     every line, with its source
      glimpse bill infra/prod --compare-regions us-east-1,eu-west-1
                                                  the same stack elsewhere
      glimpse bill infra/prod --actual cur.csv    beside what was really paid

    exit codes: 0 done
                2 the input cannot be read
                3 --strict met something unpriced or unresolved
help_bill = Only the price of the stack as it stands, line by line.
help_diff = What a change does to the bill: two revisions, folders, plans or bills, compared line by line.
help_diff_more =
    A and B are each a Terraform directory, the JSON of a plan or a state, a bill's JSON (`glimpse bill --format json`), or a git revision: REV or REV:PATH. A REV alone takes the path of the other side. A revision is read from git itself, without a checkout; its glimpse.toml and variable files are its own. What exists here as a file or a folder is taken as that, even where a revision has the same name.

      glimpse diff main                           your working tree against main
      glimpse diff main infra/prod                the same for one stack
      glimpse diff v1.2:infra/prod HEAD           a tag against the last commit
      glimpse diff bill.json infra/prod           a bill that was made before
      glimpse diff main --max-increase 50 --format markdown

    Each difference has a cause: stack (the files), workload (glimpse.toml, or usage), or price (AWS's new price times the old quantity; only where a side is a bill's JSON). --max-increase judges stack and workload, never a new price; --max-usd judges the total of B. A new gap fails both, unless glimpse.toml accepts it with a reason.

    exit codes: 0 done
                1 past --max-increase or --max-usd, or a new gap under one of them
                2 a side cannot be read
                3 --strict met something unpriced or unresolved in B
help_diff_a = What was: a path or a git revision. A dash reads standard input.
help_diff_b = What is: the same. Default: the working tree.
help_diff_workload = What people do (glimpse.toml), for both sides. Default: the one beside each side's files.
help_max_increase = Exit 1 if files and workload add more than this, USD a month.
help_max_usd = Exit 1 if the total of B is more than this, USD a month.
help_prices = The price catalogue that ships with Glimpse.
help_prices_show = What the catalogue holds, how old it is, and from where.
help_prices_update = Refresh the prices from AWS's public offer files.
help_prices_update_more =
    Reads the offer files region by region, the feed of Fargate Spot and the CloudFront plans, checks them, and keeps the result in your cache. What a source lacks keeps its old price and date. Offline, nothing changes.

      glimpse prices update                     the region of this stack
      glimpse prices update --regions us-east-1,eu-west-1
      glimpse prices update --dry-run           what would change, with the bill
help_update_regions = Regions to read; default: those that the stack at PATH uses.
help_update_from = Read the offer files from this folder, laid out like AWS's site, instead of the network.
help_update_into = Write the prices here instead of into your cache.
help_update_dry_run = Report what would change; write nothing.
help_after = After a deploy instead: take away what only the older release used.
help_path = Terraform directory, or the JSON of a plan or a state (- reads standard input). Default: infrastructure/terraform/environments/startup-prod, which this repository has; elsewhere this folder.
help_workload = What people do (glimpse.toml). Default: beside PATH, else nothing is assumed about people.
help_usage = What resources consume a month: an infracost-usage.yml. What [usage] in glimpse.toml says of the same wins.
help_region = AWS region, instead of the provider's.
help_project = The folder that modules may be read from; without it the nearest one above that holds .git.
help_var = A Terraform variable, name=value; may be repeated.
help_var_file = A Terraform variable file; may be repeated, later ones win.
help_free_tier = none (the default), or always: after AWS's always-free allowances.
help_format = one of { $formats }.
help_compare_regions = Price the stack in these regions, too; what has no price there is named.
help_output = Write the report to this file; a dash prints it.
help_lang = en or ko. Default: from the locale.
help_full = Print every section of the report, not only the short one. Reports are as wide as the terminal, from 80 to 160 columns; files and pipes get 80, or what COLUMNS says.
help_show = Print only the sections named here, in the order named: any of { $sections }. Terminal and Markdown; JSON always has everything.
help_strict = Exit 3 where anything is unpriced or unresolved that glimpse.toml does not accept with a reason.
help_version = The version of Glimpse.
ui_kinds_everywhere = Kinds of price by service, and the number of regions that have each:
ui_kinds_here = Kinds of price by service. Here: how many prices; not here: how many regions.
ui_same_everywhere = {" "}all
ui_held_here = here
ui_not_here = not here
help_init = Write a glimpse.toml with the keys that this stack can use, commented out.
help_init_more =
    PATH is a Terraform directory, or a file made by `terraform show -json PLAN`. The file is written beside it, and changes no bill and no plan until you remove the # of a line. On a terminal a few questions are asked first; Enter leaves a key unstated. A file that exists is never changed.

    examples:
      glimpse init infra/prod                asks, then writes a glimpse.toml there
      glimpse init --yes --output - PATH     asks nothing and prints

    exit codes: 0 done
                2 the stack could not be read, or the file exists already
help_init_path = Terraform directory, or the JSON of a plan or a state. Default: this folder.
help_init_output = Write this file instead, which must not exist yet; a dash prints.
help_yes = Ask nothing: every key is left unstated.
option_not_assignment = { $option } { $text }: expected NAME=VALUE.

package_missing = The Python module { $module }, which this command needs, is not installed: pip install '{ $package }'. The image of the chat has only what `glimpse serve` and `glimpse migrate` need.
help_group_cost = what a stack costs
help_group_chat = the chat service
help_group_machine = the whole stack on this machine
help_group_aws = on AWS
help_group_shell = your shell
help_prices_show_more =
    Nothing is read from the network.

      glimpse prices show                             every region
      glimpse prices show --region ap-northeast-2     one region, with its sources
help_completion = Print what makes the Tab key complete commands, options and values in your shell.
help_shell = one of { $shells }.
help_completion_more =
    Run these once, and again after an update of Glimpse; then open a new shell.

    bash (with the package bash-completion):
      mkdir -p ~/.local/share/bash-completion/completions
      glimpse completion bash > ~/.local/share/bash-completion/completions/glimpse

    bash without that package, in ~/.bashrc:
      eval "$(glimpse completion bash)"

    zsh:
      mkdir -p ~/.zfunc && glimpse completion zsh > ~/.zfunc/_glimpse
    and in ~/.zshrc:
      fpath+=~/.zfunc; autoload -Uz compinit; compinit

    fish:
      mkdir -p ~/.config/fish/completions
      glimpse completion fish > ~/.config/fish/completions/glimpse.fish
