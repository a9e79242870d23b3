### Levers on block storage.

lever_gp3 = EBS volumes as gp3, as fast as now
how_gp3 = set type (in root_block_device, ebs_block_device and ebs: volume_type) to "gp3", here or in the launch template; keep iops where io1 has more than 3,000 and remove it otherwise, and for gp2 above 1,000 GiB set iops to 3 × GiB, at most 16,000. Set throughput to 250 for gp2 above 170 GiB, and for io1 to iops / 4 where that is above 125, at most 500. A volume is changed while it is in use; instances of a group take it when they are replaced
loses_gp3 = no gp2 bursts, slower for hours
risk_gp3 = a gp2 volume up to 166 GiB may burst to 128 MiB/s, where gp3 has 125; io1 keeps its IOPS in 99.9 % of the time, gp3 in 99 %. While a volume changes, which can take hours, it may be slower

lever_gp3_less_throughput = EBS volumes as gp3, gp2 ones at 125 MiB/s
how_gp3_less_throughput = set type (in blocks of an instance or a template: volume_type) of gp2 volumes to "gp3" without throughput, and above 1,000 GiB iops to 3 × GiB, at most 16,000. An io1 volume becomes gp3 as fast as now: iops where it is above 3,000, throughput iops / 4, at most 500. First see in CloudWatch that VolumeReadBytes and VolumeWriteBytes together stay below 125 MiB a second
loses_gp3_less_throughput = no disk speed above 125 MiB/s
risk_gp3_less_throughput = gp2 above 170 GiB reads and writes up to 250 MiB/s: large scans, backups and restores take longer with 125. While a volume changes, which can take hours, it may be slower

lever_io2_to_gp3 = EBS io2 volumes as gp3
how_io2_to_gp3 = set type (in blocks of an instance or a template: volume_type) to "gp3", keep iops where it is above 3,000 and remove it otherwise, and set throughput to iops × 0.256, rounded up, where that is above 125. A volume is changed while it is in use
loses_io2_to_gp3 = durability below 99.999 %
risk_io2_to_gp3 = io2 is made for a durability of 99.999 %, gp3 for 99.8 to 99.9 %; the latency is no longer below a millisecond all the time

lever_db_gp3 = database storage as gp3, as fast as now
how_db_gp3 = set storage_type to "gp3" and remove iops; for io1 with more than 2,000 IOPS set iops (12,000 at least) and storage_throughput (iops / 4, between 500 and 4,000) instead. RDS changes the storage while the database runs; once changed, it cannot be changed again for six hours
loses_db_gp3 = slower storage for hours
risk_db_gp3 = the database may be slower while its storage is optimized, which can take hours; io1 keeps its IOPS in 99.9 % of the time, gp3 in 99 %

lever_search_gp3 = OpenSearch disks as gp3, as fast as now
how_search_gp3 = in ebs_options of the domain set volume_type = "gp3" with throughput = 250 (125 up to 170 GiB) and iops = 3000, or 3 × GiB above 1,000 GiB: that much is part of the price. The domain is deployed blue/green and stays available
loses_search_gp3 = slower searches for hours
risk_search_gp3 = while the domain copies its shards to new nodes, which can take hours, it may be slower; up to 166 GiB a burst of gp2 reaches 128 MiB/s, where gp3 has 125

lever_db_io2_to_gp3 = database storage on gp3 instead of io2
how_db_io2_to_gp3 = set storage_type to "gp3" and remove iops; where iops × 0.256 is above 500, set storage_throughput to that, rounded up, at most 4,000, and iops to 12,000 at least. RDS changes the storage while the database runs
loses_db_io2_to_gp3 = durability below 99.999 %
risk_db_io2_to_gp3 = io2 is made for a durability of 99.999 %, gp3 for 99.8 to 99.9 %; the latency is no longer below a millisecond all the time

lever_db_gp3_less_throughput = small database storage as gp3, 125 MiB/s
how_db_gp3_less_throughput = set storage_type to "gp3" and remove iops: below 400 GiB (Oracle: 200) gp3 has 3,000 IOPS and 125 MiB/s. First see in CloudWatch that ReadThroughput and WriteThroughput together stay below 125 MiB/s. RDS changes the storage while the database runs
loses_db_gp3_less_throughput = no disk speed above 125 MiB/s
risk_db_gp3_less_throughput = large reads and backups are slower: io1 carries 250 MiB/s with 1,000 IOPS, and more with more IOPS

promise_volume_durability = the volumes' durability of 99.999 %
promise_storage_throughput = the storage's throughput
