certificate_once = charged once, when it is issued
