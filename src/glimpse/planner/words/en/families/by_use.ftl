use_only = { $service } charges by use alone; no price of it is held, and nobody gave that use
use_only_given = no price of { $service } is held for the usage that was given: { $keys }
unpriced_by_use = { $type } ({ $service }) is charged by use alone, of which no price is held
