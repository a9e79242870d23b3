export { Chat, type ChatOptions, type Conversation, type Entry, type Happenings, type Message, type Pending, type Stored } from "./chat.js";
export { Refused, type Language } from "./refused.js";
export { Session, type LoggedIn, type User } from "./session.js";
export {
  Files,
  type FileAddress,
  type FilesOptions,
  type LocalFile,
  type Progress,
  type UploadedFile,
  type UploadOptions,
} from "./upload.js";
