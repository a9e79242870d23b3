### What is wrong with a command as it was typed.

command_unknown = `{ $command }` has no command { $given }. Commands: { $known }.
command_unknown_near = `{ $command }` has no command { $given }. Did you mean `{ $near }`?
command_is_path = { $given } is not a command. To price what is there: `glimpse plan { $given }`.
option_unknown = `{ $command }` has no option { $given }. `{ $command } --help` lists its options.
option_unknown_near = `{ $command }` has no option { $given }. Did you mean { $near }?
option_before_command = `{ $command }` itself has no option { $given }: options follow the command, as in `glimpse plan --format json`.
option_without_value = { $option } needs a value: { $option } { $value }.
option_with_value = `{ $command }`: { $option } takes no value, so give nothing after it.
choice_unknown = { $option } does not take { $given }. Values: { $known }.
choice_unknown_near = { $option } does not take { $given }. Did you mean { $near }? Values: { $known }.
number_expected = { $option } { $given }: give a number.
whole_number_expected = { $option } { $given }: give a whole number.
argument_missing = `{ $command }` needs { $name }. `{ $command } --help` says what that is.
argument_missing_known = `{ $command }` needs { $name }, one of { $known }.
argument_unexpected = `{ $command }` has no place for { $given }. A name with spaces needs quotation marks; `{ $command } --help` shows what can be given.
option_elsewhere = `{ $command }` has no option { $given }. { $count ->
    [one] { $others } has it.
   *[other] These have it: { $others }.
}
