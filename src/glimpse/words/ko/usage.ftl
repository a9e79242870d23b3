### What is wrong with a command as it was typed.

command_unknown = `{ $command }`에 { $given } 명령이 없어요. 쓸 수 있는 명령: { $known }.
command_unknown_near = `{ $command }`에 { $given } 명령이 없어요. 혹시 `{ $near }`인가요?
command_is_path = { $given }: 명령이 아니에요. 이 경로의 비용을 보려면: `glimpse plan { $given }`
option_unknown = `{ $command }`에 { $given } 옵션이 없어요. `{ $command } --help`에서 쓸 수 있는 옵션을 볼 수 있어요.
option_unknown_near = `{ $command }`에 { $given } 옵션이 없어요. 혹시 { $near }인가요?
option_before_command = `{ $command }` 자체에는 { $given } 옵션이 없어요. `glimpse plan --format json`처럼 옵션은 명령 뒤에 적으세요.
option_without_value = { $option } 뒤에 값이 필요해요: { $option } { $value }
option_with_value = `{ $command }`: { $option }에는 값을 줄 수 없으니 뒤의 값을 지우세요.
choice_unknown = { $option } { $given }: 쓸 수 없는 값이에요. 쓸 수 있는 값: { $known }.
choice_unknown_near = { $option } { $given }: 쓸 수 없는 값이에요. 쓸 수 있는 값: { $known }. 혹시 { $near }인가요?
number_expected = { $option } { $given }: 숫자를 적으세요.
whole_number_expected = { $option } { $given }: 정수를 적으세요.
argument_missing = `{ $command }`에는 { $name } 값이 필요해요. `{ $command } --help`에서 설명을 볼 수 있어요.
argument_missing_known = `{ $command }`에는 { $name } 값이 필요해요. 쓸 수 있는 값: { $known }.
argument_unexpected = `{ $command }`에 { $given } 값을 더 줄 수 없어요. 이름에 공백이 있으면 따옴표로 묶으세요. `{ $command } --help`에서 쓸 수 있는 값을 볼 수 있어요.
option_elsewhere = `{ $command }`에 { $given } 옵션이 없어요. 이 옵션이 있는 명령: { $others }.
