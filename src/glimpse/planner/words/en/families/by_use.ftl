use_only = { $service } is charged by use alone; the catalogue has no price for it, and no usage was given
use_only_given = the catalogue has no price of { $service } for the usage that was given: { $keys }
unpriced_by_use = { $type } ({ $service }) is charged by use alone, and the catalogue has no price for it
