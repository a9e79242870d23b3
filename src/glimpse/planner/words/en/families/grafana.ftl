one_editor = a workspace is charged for at least one editor, even if nobody signs in
