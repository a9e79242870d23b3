export {
  Chat,
  type Acknowledgement,
  type ChatEvents,
  type ChatOptions,
  type Conversation,
  type Entry,
  type Message,
  type PendingMessage,
} from "./chat.js";
export { withoutMetadata } from "./picture_metadata.js";
export { Refusal, type Language } from "./refusal.js";
export { Session, type LoginResponse, type User } from "./session.js";
export {
  Files,
  type FileAddress,
  type FilesOptions,
  type LocalFile,
  type Progress,
  type UploadedFile,
  type UploadOptions,
} from "./upload.js";

// Names from before 0.1.0, for apps that use them.
export { type Acknowledgement as Stored, type ChatEvents as Happenings, type PendingMessage as Pending } from "./chat.js";
export { Refusal as Refused } from "./refusal.js";
export { type LoginResponse as LoggedIn } from "./session.js";
