actual_file_missing = { $path }: there is no such file. --actual takes a Cost and Usage Report or a CSV of Cost Explorer
actual_file_unreadable = { $path } cannot be read: { $detail }
actual_file_too_large = { $path } is larger than { $limit } MB; export one month, or without hours
actual_file_empty = { $path } is empty
actual_file_zip = { $path } is a ZIP archive: unpack it, and give the CSV file in it
actual_file_not_gzip = { $path } begins like gzip and does not unpack: download it again
actual_file_encoding = { $path } is neither UTF-8 nor marked as UTF-16: save it as UTF-8
actual_file_not_csv = { $path } is not CSV: { $detail }
actual_file_not_parquet = { $path } begins like Parquet and cannot be read: { $detail }
actual_parquet_extra = { $path } is Parquet, which needs one more package: pip install 'glimpse[actual]', or export CSV
actual_columns_missing = { $path } is neither a Cost and Usage Report (it lacks { $columns }) nor a Cost Explorer CSV (its first column is not Service or Usage type)
actual_wants_number = { $column } is not a number within bounds: { $found }
actual_currency = { $path } is in { $currency }; a bill is in USD, and Glimpse knows no exchange rate
actual_too_many = { $path } has more than { $limit } different charges; export one month, without resource IDs
actual_no_rows = { $path } has a header and no row with a charge
actual_quantity = as measured in { $period } (--actual); this wins over an estimate from the workload
actual_shared = as measured in { $period } (--actual), shared evenly among { $count }
actual_none = none in { $period }: the --actual report lists no such usage
actual_partial = The export covers only a part of { $period } ({ $days ->
    [one] 1 day
   *[other] { $days } days
} of { $of }); quantities are not scaled up to the whole month
actual_undated = The export names no month, so it is taken as one month
actual_money_only = The export has costs and no quantities: usage is not filled in, and differences are not explained
actual_period_unknown = an unnamed month
ui_actual = Paid in { $period }
actual_sum = Paid { $paid }: { $lines } for what the bill has (here { $monthly }), { $others } for what is not in Terraform, tax { $tax }, discounts { $discount }
ui_paid = Paid
ui_difference = Diff.
part_of_usage = usage { $amount }
part_of_price = price { $amount }
part_of_discount = discount { $amount }
part_of_tax = tax { $amount }
part_of_rest = not explained { $amount }
part_untagged = ${ $amount } of it without tags
paid_resources = { $count ->
    [one] 1 resource
   *[other] { $count } resources
} in the export
ui_not_in_terraform = Paid for, but not in Terraform
ui_not_paid = In Terraform, but not on the invoice
ui_not_compared = In the bill, but not compared: AWS's usage type for it is not known here
ui_more_rows = … and { $count } more, ${ $paid }: all of them with --format json
