needs_dpus = the number of its DPUs is unknown
crawler_of_one_dpu = the given hours are taken as hours of one DPU; a crawler may use more
