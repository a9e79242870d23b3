snapshot_as_volume = taken to be as large as its volume ({ $gib } GB), the most it can be
on_outpost = on an Outpost, which is charged as a whole
volume_initialized = charged once, by the GiB of the snapshot that the volume is made from
copied_between_regions = charged once, by the GB that is copied from the other region
