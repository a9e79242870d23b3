storage_included = { $gib } GiB come with the instance
