one_editor = a workspace is charged for one editor at least, whether anybody signs in or not
