### `glimpse prices update`, and the user's price cache.

price_cache_of_other = Your price cache at { $path } was made for another release of glimpse; the prices that ship are used. Run `glimpse prices update`.
price_cache_broken = Your price cache cannot be used: { $path } is damaged or was changed; the prices that ship are used. Run `glimpse prices update`.
ui_prices_cached = From your cache ({ $path }): { $regions }.

price_offline = AWS's price list could not be reached ({ $detail }). Nothing was changed: the prices that you have stay in use.
price_mirror_missing = { $path } has no AWS offer files: offers/v1.0/aws/index.json was looked for below it.
price_unreachable = the file could not be read to its end ({ $detail })
price_not_asked = not requested, because the files before it could not be reached
price_reading = Reading the prices of { $service } in { $region } …
price_offers = Reading which services have prices …
price_progress = { $service } { $region }: { $megabytes } MB read

# Why an offer file is refused.
price_offer_no_head = the file does not begin as an offer file does, with five rows about it and the names of its columns
price_offer_other = the file is the offer { $found }, not { $expected }
price_offer_column = the file has no { $column }
price_offer_columns = the file has too many columns: { $count }, and at most { $limit } are read
price_offer_cut = row { $row } has fewer or more cells than there are columns: the file may be cut off
price_offer_short = the file ends too early
price_offer_too_large = the file is larger than any offer file
price_offer_line = the file has a line longer than { $limit } bytes, or a quote that does not end
price_offer_text = the file is not UTF-8 text
price_offer_gzip = the file is packed in a way that is not gzip, or is damaged
price_offer_not_json = the file is not JSON
price_offer_path = the region index names the file { $path }, which is not that of the offer and the region
price_offer_redirect = the address leads to another one at { $host }, which is not followed
price_offer_region = the file has prices of { $found }, not of { $expected }
price_offer_currency = the file has prices in { $found }, not in USD
price_offer_number = the file has “{ $text }” where a price or a quantity should be
price_offer_huge = the file has a price of { $usd } USD a unit
price_offer_few = the file has only { $found } of the { $expected } prices that the catalogue has from this service; a column or a name may have changed
price_offer_doubtful = { $count ->
    [one] 1 of { $of } prices changed more than threefold, or does not fit its unit or its tiers: { $first }
   *[other] { $count } of { $of } prices changed more than threefold, or do not fit their unit or their tiers; the first is { $first }
}
price_offer_future = the file says that it was published on { $date }, which is in the future
price_offer_older = the file was published on { $date }, before the one that was last read ({ $read })

# Why one price is not taken over.
price_doubt_unit = its unit counts a different period than ours
price_doubt_twice = the file has two prices for it
price_doubt_ambiguous = several products of the file may be meant, at different prices
price_doubt_tiers = its tiers have a gap, or begin at parts of a unit
price_doubt_upfront = its upfront payment is missing, or should not be there
price_doubt_jump = it changed more than threefold
price_doubt_older = the file is older than the price in the catalogue

# The report.
price_updated = as of { $date }: { $confirmed } confirmed, { $moved } changed, { $new } new
price_outcome_unchanged = read before
price_outcome_not_sold = no such offer
price_left = kept as it was: { $why }.
price_moved = Prices that changed: { $count }. USD a unit, the largest change first:
price_missing = Prices that the offer files do not have any more: { $count }. They keep their price and date:
price_kept = Prices that look wrong: { $count }. They stay as they were:
price_more = and { $count } more (--format json has all)
price_bill = The bill of this stack: { $before } → { $after } USD a month ({ $difference }). Lines that changed:
price_bill_same = The bill of this stack stays at { $usd } USD a month.
price_no_bill = No bill was compared: { $why }
price_coverage = AWS's files cover { $covered } of the { $held } prices in the catalogue for these regions. The others keep their price and date.
price_written = Written to { $path }.
price_not_written = Nothing was written. Without --dry-run the prices go to { $path }.
