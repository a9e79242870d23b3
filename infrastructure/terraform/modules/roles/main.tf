locals {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })

  # What ECS does to start a task: it fetches the image and opens the log. IAM refuses a statement without a resource.
  start = [
    {
      # This action knows no resource.
      Effect   = "Allow"
      Action   = "ecr:GetAuthorizationToken"
      Resource = "*"
    },
    {
      Effect = "Allow"
      Action = [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
      ]
      Resource = var.repository_arn
    },
    {
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "${var.log_group_arn}:*"
    },
  ]
}

# What ECS may do to start a task of the service.
resource "aws_iam_role" "execution" {
  name                 = "${var.name}-execution"
  assume_role_policy   = local.assume_role_policy
  permissions_boundary = var.boundary_arn
}

resource "aws_iam_role_policy" "execution" {
  name = "start-a-task"
  role = aws_iam_role.execution.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local.start,
      length(var.secret_arns) == 0 ? [] : [{
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = var.secret_arns
      }],
      length(var.parameter_arns) == 0 ? [] : [{
        Effect   = "Allow"
        Action   = "ssm:GetParameters"
        Resource = var.parameter_arns
      }],
    )
  })
}

# What ECS may do to start a migration, which alone logs in as the database's owner.
resource "aws_iam_role" "migrate_execution" {
  name                 = "${var.name}-migrate-execution"
  assume_role_policy   = local.assume_role_policy
  permissions_boundary = var.boundary_arn
}

resource "aws_iam_role_policy" "migrate_execution" {
  name = "start-a-migration"
  role = aws_iam_role.migrate_execution.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local.start,
      [
        {
          Effect   = "Allow"
          Action   = "secretsmanager:GetSecretValue"
          Resource = var.owner_secret_arn
        },
        {
          Effect   = "Allow"
          Action   = "ssm:GetParameters"
          Resource = var.database_parameter_arn
        },
      ],
    )
  })
}

# What the service itself may do. A migration calls nothing of AWS, and has no such role.
resource "aws_iam_role" "task" {
  name                 = "${var.name}-task"
  assume_role_policy   = local.assume_role_policy
  permissions_boundary = var.boundary_arn
}

resource "aws_iam_role_policy" "task" {
  name = "use-uploads"
  role = aws_iam_role.task.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = [
          "s3:DeleteObject",
          "s3:GetObject",
          "s3:PutObject",
        ]
        Resource = var.object_arns
      },
      {
        # Without it S3 answers 403 where nothing is, and the service could not tell that from a right that it lacks.
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = var.bucket_arn
      },
    ]
  })
}
