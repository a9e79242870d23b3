needs_notebook_volume = 볼륨 크기를 알 수 없어요

endpoint_configuration_elsewhere = 구성이 이 파일들에 없어요
