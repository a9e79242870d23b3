snapshot_as_volume = 볼륨 크기인 { $gib } GB로 봤어요 (스냅샷의 최대 크기예요)
on_outpost = Outpost에 있어요. Outpost는 통째로 과금돼요
volume_initialized = 볼륨을 만드는 스냅샷의 GiB만큼 한 번 과금돼요
copied_between_regions = 다른 리전에서 복사하는 GB만큼 한 번 과금돼요
