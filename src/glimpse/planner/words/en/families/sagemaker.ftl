needs_notebook_volume = the size of its volume is unknown

endpoint_configuration_elsewhere = its configuration is not in these files
