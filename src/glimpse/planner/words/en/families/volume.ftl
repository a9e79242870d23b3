root_disk_assumed = taken to have a root disk of { $gib } GB: the image decides its size, and it was not read
needs_disk_iops = the IOPS of the disk are not in the files
