anomaly_bounds = an anomaly detection alarm is charged for three metrics: the one it watches and both bounds of its band

canary_schedule = as often as its schedule says; its function, artifacts and logs are charged separately
