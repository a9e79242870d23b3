certificate_once = 발급할 때 한 번만 과금돼요
