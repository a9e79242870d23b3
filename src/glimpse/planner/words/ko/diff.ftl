### What `glimpse diff` says of two bills.

## The answer

diff_change = 변화
diff_compared = 비교
diff_because = 원인
diff_scaled = 확장 시
diff_budget = 예산
diff_note = 참고
diff_answer = 한 달에 { $delta }{ $share }: { $before } → { $after }
diff_answer_in_part = 아는 것만 한 달에 { $delta }{ $share }: { $before } → { $after }
diff_answer_unknown = 알 수 없어요: { $before } → { $after }
diff_nothing = 청구서가 그대로예요: 월 { $monthly }
diff_by_stack = 파일 { $delta }
diff_by_price = AWS의 새 가격 { $delta }
diff_by_workload = 이용량 { $delta }
diff_price_is_no_fault = { $causes }. 새 가격은 이 변경 때문이 아니에요.
diff_highest = 전에는 ${ $before }까지, 이제는 ${ $after }까지
diff_gaps = { $new ->
    [0] 새로 알 수 없게 된 것 없음, 없어진 것 { $gone }개. 어느 금액에도 들어 있지 않아요
   *[other] 새로 알 수 없게 된 것 { $new }개, 없어진 것 { $gone }개. 어느 금액에도 들어 있지 않으니 새로 생긴 것의 비용이 더 들어요
}
diff_unknown_lines = 항목 { $count }개는 사용량이나 가격을 몰라서 차액을 계산할 수 없어요
diff_one_side = 합계의 차이 { $totals } 중 { $rest }만큼은 한쪽에서만 알 수 있어요

## What changes

diff_resources = 바뀌는 것, 월 USD: { $counts }
diff_count_added = { $count }개 추가
diff_count_removed = { $count }개 삭제
diff_count_changed = { $count }개 변경
diff_resource = 리소스
diff_before = 전
diff_after = 후
diff_delta = 차이
diff_rate = 단가 { $before } → { $after } USD
diff_rate_only = { $unit }당 { $rate } USD
diff_now_known = 전에는 금액을 알 수 없었어요
diff_other_side_unknown = 다른 쪽은 가격을 매길 수 없었어요
diff_moved = 비용은 같고 옮기거나 이름을 바꾼 리소스 { $count }개
diff_was = { $address }에서 옮겼어요
diff_gaps_new = 새로 알 수 없게 된 것: { $count }개
diff_gaps_gone = 이제 남아 있지 않은 모르는 것: { $count }개
diff_gap_accepted = glimpse.toml에서 받아들였어요
diff_zero_lines = 그리고 $0.00인 항목 { $count }개
diff_more = 이 밖에 { $count }개 더 있어요. `glimpse diff`가 모두 보여 줘요
amount_no_longer_known = 전에는 금액을 알았지만, 이제 사용량이 입력되지 않아요
text_of_bill = { $text }

## Budgets

limit_kept_max_usd = 지켰어요: 월 ${ $judged }, 한도는 ${ $limit }
limit_kept_max_increase = 지켰어요: 월 ${ $judged } 증가, 한도는 ${ $limit }
limit_broken_max_usd = ${ $past } 넘었어요: 월 ${ $judged }, 한도는 ${ $limit }
limit_broken_max_increase = ${ $past } 넘었어요: 월 ${ $judged } 증가, 한도는 ${ $limit }
limit_kept_nothing = 지켰어요: 이 변경으로 늘어나는 것이 없어요
limit_kept_nothing_known = 지켰어요: 아는 것만 보면 이 변경으로 늘어나는 것이 없어요
limit_unknown = 판단할 수 없어요: 알 수 없는 것이 { $count }개 새로 생겼어요. 가격을 알 수 있게 하거나, glimpse.toml에 이유를 적어 받아들이세요
diff_failed = 종료 코드 1: { $option }: { $why }

## What cannot be compared

diff_input_twice = 표준 입력(-)은 한쪽에만 쓸 수 있어요.
diff_same = { $path } 경로를 자기 자신과 비교하게 돼요. 리비전이나 다른 경로를 지정하세요: glimpse diff main { $path }
diff_not_found = { $text }: 여기에 그런 파일이나 폴더가 없고, git 리비전으로도 찾아볼 수 없어요.
diff_not_found_there = { $text }: 여기에 그런 파일이나 폴더가 없고, { $path } 저장소에 그런 리비전도 없어요. 이름은 `git branch --all`과 `git tag`로 볼 수 있어요.
diff_not_found_shallow = { $text }: 여기에 그런 파일이나 폴더가 없고, { $path } 저장소에 그런 리비전도 없어요. 얕은 복제본이니 더 가져오세요(`git fetch --unshallow`, CI에서는 fetch-depth: 0).
diff_gone_here = { $text }: 이제 여기에는 없고 { $revision }에는 있어요. 삭제된 것으로 비교하려면: glimpse diff { $before }
diff_no_terraform = { $path }에는 .tf 파일이 없어요. 스택의 폴더를 지정하세요: glimpse diff main PATH
diff_no_terraform_above = { $path }에는 .tf 파일이 없지만, 위 폴더에는 있어요: glimpse diff main { $above }
diff_no_terraform_below = { $path }에는 .tf 파일이 없어요. 그 아래 { $folders }{ $more ->
        [0] {""}
       *[other] {" "}외 { $more }곳
    }에 있어요. 예: `glimpse diff main { $first }`
diff_outside = { $text }: { $path } 저장소 밖을 가리켜요.
diff_not_in_revision = { $text }: 그 리비전에는 없어요. 거기서의 경로를 지정하세요: REV:PATH
diff_absent = { $name }에는 Terraform 파일이 없어요. 스택 전체가 다른 쪽에만 있어요.
diff_variables_unused = --var와 --var-file은 쓸 수 없어요. 어느 쪽도 폴더가 아니고, 플랜이나 청구서에는 값이 이미 정해져 있어요.
diff_option_unused = { $option } 옵션은 쓸 수 없어요. 양쪽 모두 전에 만든 청구서예요.
diff_workload_of_revision = { $revision } 안의 파일은 고칠 수 없어요. 양쪽에 쓸 이용량 파일을 지정하세요: --workload glimpse.toml
diff_folder_and_revision = { $name }: 같은 이름의 폴더와 git 리비전이 둘 다 있어서 폴더를 비교했어요. 리비전을 비교하려면 { $name }:PATH로 쓰세요
diff_free_tier = { $path } 파일은 --free-tier { $tier } 옵션으로 만들었어요. 같은 옵션을 주거나 다시 만드세요.
bill_json_broken = { $path } 파일은 Glimpse 청구서라고 되어 있지만 읽을 수 없어요. 다시 만드세요: glimpse bill --format json
usd_wrong = { $option } { $text }: 월 금액을 50이나 49.90처럼 USD로 쓰세요.
git_missing = git이 설치되어 있지 않아요.
git_no_repository = { $path } 경로는 git 저장소 안에 있지 않아요.
git_owner = { $path } 저장소는 다른 사용자의 것이라 git이 거부했어요. 믿을 수 있다면: git config --global --add safe.directory { $path }
git_failed = git의 메시지: { $detail }
git_slow = git이 { $seconds }초 안에 답하지 않았어요.
git_object_large = 저장소의 객체 하나가 { $limit }바이트보다 커요.
git_object_missing = 이 복제본에서는 { $revision }의 파일 일부를 읽을 수 없고, 읽는 동안에는 아무것도 가져오지 않아요. --filter로 만들었다면 그 옵션 없이 복제하세요. 아니라면 `git fsck`로 손상된 곳을 찾으세요.
