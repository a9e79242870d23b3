needs_public_setting = a setting that is not known decides whether its instances get one each
