provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_keyspaces_keyspace" "chat" {
  name = "chat"
}

resource "aws_keyspaces_table" "messages" {
  keyspace_name = aws_keyspaces_keyspace.chat.name
  table_name    = "messages"

  schema_definition {
    column {
      name = "id"
      type = "text"
    }

    partition_key {
      name = "id"
    }
  }

  point_in_time_recovery {
    status = "ENABLED"
  }
}

resource "aws_keyspaces_table" "steady" {
  keyspace_name = aws_keyspaces_keyspace.chat.name
  table_name    = "steady"

  schema_definition {
    column {
      name = "id"
      type = "text"
    }

    partition_key {
      name = "id"
    }
  }

  capacity_specification {
    throughput_mode      = "PROVISIONED"
    read_capacity_units  = 100
    write_capacity_units = 20
  }
}
