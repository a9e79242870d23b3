needs_dpus = how many DPUs it takes is unknown
crawler_of_one_dpu = the hours given are taken as those of one DPU; a crawler may take more
