root_disk_assumed = a root disk of { $gib } GB: the image decides its size, and it was not read
needs_disk_iops = how many IOPS the disk has is not in the files
