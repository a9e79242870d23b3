### What `glimpse diff` says of two bills.

## The answer

diff_change = Change
diff_compared = Compared
diff_because = Because
diff_scaled = Scaled out
diff_budget = Budget
diff_note = Note
diff_answer = { $delta } a month{ $share }: { $before } → { $after }
diff_answer_in_part = { $delta } a month{ $share } in what is known: { $before } → { $after }
diff_answer_unknown = not known: { $before } → { $after }
diff_nothing = The bill stays the same: { $monthly } a month
diff_by_stack = the files { $delta }
diff_by_price = AWS's new prices { $delta }
diff_by_workload = the workload { $delta }
diff_price_is_no_fault = { $causes }. A new price is not this change's doing.
diff_highest = up to ${ $before } before, up to ${ $after } after
diff_gaps = { $new ->
    [0] gaps (no price, or not read): none new, { $gone } gone; no amount counts them
   *[other] gaps (no price, or not read): { $new } new, { $gone } gone; no amount counts them: what the new ones cost comes on top
}
diff_unknown_lines = { $count ->
    [one] one line differs without an amount, because its usage or its price is not known
   *[other] { $count } lines differ without an amount, because their usage or price is not known
}
diff_one_side = the totals differ by { $totals }: { $rest } of that is known on one side only

## What changes

diff_resources = What changes, USD a month: { $counts }
diff_count_added = { $count } added
diff_count_removed = { $count } removed
diff_count_changed = { $count } changed
diff_resource = Resource
diff_before = Before
diff_after = After
diff_delta = Change
diff_rate = unit price { $before } → { $after } USD
diff_rate_only = { $rate } USD a { $unit }
diff_now_known = the amount was not known before
diff_other_side_unknown = the other side could not be priced
diff_moved = { $count ->
    [one] One resource moved or renamed, at the same cost
   *[other] { $count } resources moved or renamed, at the same cost
}
diff_was = moved from { $address }
diff_gaps_new = New gaps: { $count }
diff_gaps_gone = Gaps that are gone: { $count }
diff_gap_accepted = accepted in glimpse.toml
diff_zero_lines = { $count ->
    [one] and one line of $0.00
   *[other] and { $count } lines of $0.00
}
diff_more = and { $count } more; `glimpse diff` shows them all
amount_no_longer_known = its amount was known before, but its usage is no longer given
text_of_bill = { $text }

## Budgets

limit_kept_max_usd = kept: ${ $judged } a month, at most ${ $limit }
limit_kept_max_increase = kept: ${ $judged } a month more, at most ${ $limit }
limit_broken_max_usd = exceeded by ${ $past }: ${ $judged } a month, at most ${ $limit }
limit_broken_max_increase = exceeded by ${ $past }: ${ $judged } a month more, at most ${ $limit }
limit_kept_nothing = kept: this change adds nothing
limit_kept_nothing_known = kept: this change adds nothing in what is known
limit_unknown = { $count ->
    [one] not judged: one gap is new. Price it, or accept it in glimpse.toml with a reason
   *[other] not judged: { $count } gaps are new. Price them, or accept them in glimpse.toml with a reason
}
diff_failed = Exit 1: { $option }: { $why }

## What cannot be compared

diff_input_twice = The standard input (-) can be one side only.
diff_same = { $path } would be compared with itself. Name a revision or a second path: glimpse diff main { $path }
diff_not_found = { $text } is not a file or a folder here, and it cannot be looked up as a git revision.
diff_not_found_there = { $text } is not a file or a folder here, nor a revision of the repository at { $path }. `git branch --all` and `git tag` list names.
diff_not_found_shallow = { $text } is not a file or a folder here, nor a revision of the repository at { $path }, which is a shallow clone: fetch more of it (`git fetch --unshallow`, or fetch-depth: 0 in CI).
diff_gone_here = { $text } is not here any more, but { $revision } has it. To compare it as removed: glimpse diff { $before }
diff_no_terraform = { $path } holds no .tf file. Name the folder of the stack: glimpse diff main PATH
diff_no_terraform_above = { $path } holds no .tf file, but a folder above it does: glimpse diff main { $above }
diff_no_terraform_below = { $path } holds no .tf file. There are some below it, in { $folders }{ $more ->
        [0] {""}
       *[other] {" "}and { $more } more
    }: for example `glimpse diff main { $first }`.
diff_outside = { $text } is outside the repository at { $path }.
diff_not_in_revision = { $text } does not exist in that revision. Give the path that it has there: REV:PATH
diff_absent = { $name } has no Terraform files: the whole stack is only on the other side.
diff_variables_unused = --var and --var-file do not apply: neither side is a folder, and a plan or a bill has its values already.
diff_option_unused = { $option } does not apply: both sides are bills that were made before.
diff_workload_of_revision = What { $revision } holds cannot be mended. Give a workload that both sides are read with: --workload glimpse.toml
diff_folder_and_revision = { $name } is a folder here and a git revision; the folder is compared. For the revision write { $name }:PATH
diff_free_tier = { $path } was made with --free-tier { $tier }. Give the same option, or make it again.
bill_json_broken = { $path } says that it is a Glimpse bill, but cannot be read. Make it again: glimpse bill --format json
usd_wrong = { $option } { $text }: expected USD a month, such as 50 or 49.90.
git_missing = git is not installed.
git_no_repository = { $path } is not in a git repository.
git_owner = git refuses the repository at { $path }, because it belongs to another user. If you trust it: git config --global --add safe.directory { $path }
git_failed = git says: { $detail }
git_slow = git did not answer within { $seconds } seconds.
git_object_large = An object of the repository is larger than { $limit } bytes.
git_object_missing = This clone cannot give some files of { $revision }, and nothing is fetched while it is read. If it was made with --filter, clone it without; else `git fsck` says what is damaged.
