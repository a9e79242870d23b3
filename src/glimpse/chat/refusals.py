"""Why the chat refuses a request: a constant for each reason, with its HTTP status and its sentences."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from msgspec import Struct
from msgspec.structs import replace

from glimpse.chat.text import MIN_PASSWORD

ENGLISH, KOREAN = "en", "ko"


def language_of(accept_language: str) -> str:
    """The language of sentences for a client that sends this Accept-Language header; its first language counts."""
    first = accept_language.lower().partition(",")[0].partition(";")[0].strip()
    return KOREAN if first == "ko" or first.startswith("ko-") else ENGLISH


class Refusal(Struct, frozen=True):
    """
    `code` is for programs and never changes. `status` is the HTTP status. `retry`: the same request may succeed later.
    `english` and `korean` are for people, and `detail` says in English what exactly was wrong. `retry_seconds`: when a
    retry may succeed. `field`: the field of the request's body that was refused, where it is known.
    """

    code: str
    status: int
    retry: bool
    english: str
    korean: str
    detail: str = ""
    retry_seconds: int = 1
    field: str = ""

    def after(self, seconds: float) -> Refusal:
        return replace(self, retry_seconds=max(1, ceil(seconds)))

    def because(self, detail: str) -> Refusal:
        return replace(self, detail=detail)

    def sentence(self, language: str = ENGLISH) -> str:
        """In Korean, or in English for every other language."""
        sentence = self.korean if language == KOREAN else self.english
        return f"{sentence}: {self.detail}" if self.detail else sentence


# ---- The request itself

INVALID = Refusal("invalid", 400, False, "the request is not valid", "요청 형식이 맞지 않아요")
UNAUTHORIZED = Refusal("unauthorized", 401, False, "not signed in", "로그인하지 않았어요")
TOKEN_EXPIRED = Refusal("token_expired", 401, False, "the token has expired", "토큰이 만료됐어요")
FORBIDDEN = Refusal("forbidden", 403, False, "you are not allowed to do this", "권한이 없어요")
NOT_FOUND = Refusal("not_found", 404, False, "this does not exist, or you have no access to it", "찾을 수 없어요")
TOO_LARGE = Refusal("too_large", 413, False, "this is too large", "크기가 너무 커요")

# ---- Users and messages

# The same for both, so that nobody learns from it who blocked whom.
BLOCKED = Refusal(
    "blocked", 403, False, "you and this person cannot send each other messages", "상대와 메시지를 주고받을 수 없어요"
)
HANDLE_TAKEN = Refusal("handle_taken", 409, False, "this handle is taken", "이미 사용 중인 아이디예요", field="handle")

SIGNUP_OFF = Refusal(
    "signup_off",
    404,
    False,
    "accounts are not kept here: sign in where your token comes from",
    "이 서비스에는 계정이 없어요. 토큰을 발급한 곳에서 로그인해 주세요",
)

# ---- Files

FILE_TYPE = Refusal(
    "file_type",
    415,
    False,
    "files of this type are not accepted, or the content does not match the type",
    "보낼 수 없는 파일 형식이거나, 내용이 파일 형식과 달라요",
)
QUOTA = Refusal("quota", 403, False, "your files would exceed your storage quota", "저장 공간이 부족해요")
UPLOAD_EXPIRED = Refusal(
    "expired",
    410,
    False,
    "the upload URL has expired; ask for a new one",
    "업로드 시간이 지났어요. 새 업로드 주소를 요청해 주세요",
)
WRONG_SIZE = Refusal(
    "wrong_size",
    422,
    False,
    "the uploaded file does not have the announced size",
    "올라온 파일의 크기가 알려준 크기와 달라요",
)
WRONG_CHECKSUM = Refusal(
    "wrong_checksum",
    422,
    False,
    "the uploaded file does not have the announced checksum",
    "올라온 파일의 체크섬이 알려준 값과 달라요",
)
LOCATION = Refusal(
    "location",
    422,
    False,
    "the picture says where it was taken; send it without its location",
    "사진에 촬영 위치가 들어 있어요. 위치 정보를 지우고 보내 주세요",
)
# A message or a profile refers to such a file: the same request is refused again.
NOT_COMPLETE = Refusal(
    "not_complete",
    409,
    False,
    "the upload is not complete; upload the file, then complete it",
    "파일 업로드가 아직 끝나지 않았어요",
)
FILE_GONE = Refusal(
    "gone", 410, False, "the file no longer exists; send it again", "파일이 사라졌어요. 다시 올려 주세요"
)
FILES_DOWN = Refusal(
    "files_down",
    503,
    True,
    "the object store cannot be reached; try again in a moment",
    "파일 저장소에 연결할 수 없어요. 잠시 후 다시 시도해 주세요",
)
FILES_OFF = Refusal(
    "files_off",
    501,
    False,
    "files cannot be sent here: no object store is configured",
    "파일 저장소가 없어 파일을 보낼 수 없어요",
)

# ---- The service cannot do it now

RATE_LIMITED = Refusal(
    "rate_limited", 429, True, "too many requests; slow down", "요청이 너무 잦아요. 잠시 후 다시 시도해 주세요"
)
BUSY = Refusal(
    "busy",
    503,
    True,
    "the service is busy; try again in a moment",
    "요청이 밀려 있어요. 잠시 후 다시 시도해 주세요",
)
# Sent again, it is answered as if it had been sent once.
UNKNOWN_OUTCOME = Refusal(
    "unknown",
    503,
    True,
    "it is not known whether this was stored; send it again with the same clientId",
    "저장됐는지 알 수 없어요. 같은 clientId로 다시 보내 주세요",
)
UNAVAILABLE = Refusal(
    "unavailable",
    503,
    True,
    "the database cannot be reached; try again in a moment",
    "DB에 연결할 수 없어요. 잠시 후 다시 시도해 주세요",
)
ISSUER_DOWN = Refusal(
    "issuer_down",
    503,
    True,
    "the issuer of your token cannot be reached; try again in a moment",
    "토큰 발급자에 연결할 수 없어요. 잠시 후 다시 시도해 주세요",
)
INTERNAL = Refusal(
    "internal", 500, True, "something went wrong here; it has been logged", "서버에 문제가 생겼어요. 로그에 남겼어요"
)

# ---- The same, where more can be said

WRONG_CREDENTIALS = replace(
    UNAUTHORIZED, english="the handle or the password is wrong", korean="아이디나 비밀번호가 맞지 않아요"
)
WRONG_PASSWORD = replace(FORBIDDEN, english="the password is wrong", korean="비밀번호가 맞지 않아요", field="password")
HANDLE_REFUSED = replace(
    INVALID,
    english="this handle cannot be used; choose another",
    korean="쓸 수 없는 아이디예요. 다른 아이디를 정해 주세요",
    field="handle",
)
DISPLAY_NAME_REFUSED = replace(
    INVALID,
    english="this name cannot be shown; choose another",
    korean="쓸 수 없는 이름이에요. 다른 이름을 정해 주세요",
    field="displayName",
)
PASSWORD_REFUSED = replace(
    INVALID,
    english="this password cannot be used; choose another",
    korean="쓸 수 없는 비밀번호예요. 다른 비밀번호를 정해 주세요",
    field="password",
)
PASSWORD_TOO_SHORT = replace(
    INVALID,
    english=f"a password has at least {MIN_PASSWORD} characters",
    korean=f"비밀번호는 {MIN_PASSWORD}자 이상이어야 해요",
    field="password",
)
NOT_A_PICTURE = replace(
    FILE_TYPE,
    english="only a picture can be your profile picture",
    korean="프로필 사진에는 이미지 파일만 쓸 수 있어요",
)
KEY_NOT_KNOWN = replace(
    ISSUER_DOWN,
    english="the key of this token is not known yet; try again in a minute",
    korean="이 토큰의 서명 키를 아직 몰라요. 1분 뒤에 다시 시도해 주세요",
)

REFUSALS: Mapping[str, Refusal] = {
    each.code: each for each in reversed(list(globals().values())) if isinstance(each, Refusal)
}
"""By code: of several with the same, the first above."""
