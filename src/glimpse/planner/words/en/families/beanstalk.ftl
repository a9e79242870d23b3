needs_public_setting = whether its instances get one each depends on a setting that is not known
