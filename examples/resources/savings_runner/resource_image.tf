# As a container image in a repository of yours, with roles under a boundary, and with somebody to hear of failures.
resource "savings_runner" "image" {
  name           = "sample-ai-tools-image"
  repository_url = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/sample-ai-tools" # aws_ecr_repository.….repository_url

  path                     = "/sample-ai/"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  failure_destination_arn  = "arn:aws:sns:ap-northeast-1:123456789012:sample-ai-failures"
  dead_letter_arn          = "arn:aws:sqs:ap-northeast-1:123456789012:sample-ai-dead-letters"
}
