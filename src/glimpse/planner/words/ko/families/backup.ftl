needs_what_is_backed_up = 무엇을 얼마나 보관하는지에 따라 달라요. 리소스 종류마다 가격이 있어요
