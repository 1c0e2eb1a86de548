import { buildSchema, type GraphQLSchema } from "graphql";

/**
 * The part of the Apollo platform API that Rover's commands on subgraphs and supergraphs ask for (the documents in
 * github.com/apollographql/rover, crates/rover-client/src/operations, tried with Rover 0.41.0).
 */
export function buildPlatformSchema(): GraphQLSchema {
  return buildSchema(`
    type Query {
      me: Identity
      frontendUrlRoot: String!
      graph(id: ID!): Graph
      variant(ref: ID!): GraphVariantLookup
    }
    type Mutation { graph(id: ID!): GraphMutation }

    interface Identity { id: ID! asActor: Actor! }
    type Actor { actorId: ID! type: ActorType! }
    enum ActorType { GRAPH USER }

    type Graph implements Identity {
      id: ID!
      title: String!
      asActor: Actor!
      variants: [GraphVariant!]!
      variant(name: String!): GraphVariant
      checkWorkflow(id: ID!): CheckWorkflow
    }
    union GraphVariantLookup = GraphVariant | InvalidRefFormat
    type InvalidRefFormat { message: String! }
    type GraphVariant {
      id: ID!
      name: String!
      subgraph(name: ID!): Subgraph
      subgraphs: [Subgraph!]
      latestApprovedLaunch: Launch
      latestLaunch: Launch
      sourceVariant: GraphVariant
    }
    type Subgraph { name: String! url: String updatedAt: String activePartialSchema: PartialSchema! }
    type PartialSchema { sdl: String! }

    type Launch { id: ID! build: Build buildInput: BuildInput! }
    type Build { result: BuildResult }
    union BuildResult = BuildSuccess | BuildFailure
    type BuildSuccess { coreSchema: CoreSchema! }
    type BuildFailure { errorMessages: [BuildError!]! }
    type CoreSchema { coreDocument: String! }
    union BuildInput = CompositionBuildInput
    type CompositionBuildInput { version: String }
    type BuildError { message: String! code: String locations: [SourceLocation!]! }
    type SourceLocation { line: Int! column: Int! }

    type GraphMutation {
      publishSubgraph(
        name: String!, url: String, revision: String!, activePartialSchema: PartialSchemaInput!,
        graphVariant: String!, gitContext: GitContextInput, downstreamLaunchInitiation: DownstreamLaunchInitiation
      ): SubgraphPublication
      removeImplementingServiceAndTriggerComposition(
        graphVariant: String!, name: String!, dryRun: Boolean!
      ): SubgraphRemoval!
      variant(name: String!): GraphVariantMutation
    }
    input PartialSchemaInput { hash: String sdl: String }
    input GitContextInput { branch: String commit: ID committer: String message: String remoteUrl: String remoteHost: String }
    enum DownstreamLaunchInitiation { ASYNC SYNC }
    type SubgraphPublication {
      compositionConfig: CompositionConfig
      errors: [BuildError]!
      updatedGateway: Boolean!
      wasCreated: Boolean!
      wasUpdated: Boolean!
      launch: Launch
      launchCliCopy: String
      launchUrl: String
    }
    type CompositionConfig { schemaHash: String! }
    type SubgraphRemoval { errors: [BuildError]! updatedGateway: Boolean! }

    type GraphVariantMutation { submitSubgraphCheckAsync(input: SubgraphCheckAsyncInput!): CheckRequestResult! }
    input SubgraphCheckAsyncInput {
      config: HistoricQueryParametersInput!
      gitContext: GitContextInput!
      graphRef: ID
      introspectionEndpoint: String
      isProposal: Boolean
      isSandbox: Boolean!
      proposedSchema: String!
      subgraphName: String!
      triggeredBy: ID
    }
    input HistoricQueryParametersInput {
      excludedClients: [ClientInfoFilter!]
      excludedOperationNames: [OperationNameFilterInput!]
      from: String
      ignoredOperations: [ID!]
      includedVariants: [String!]
      queryCountThreshold: Int
      queryCountThresholdPercentage: Float
      to: String
    }
    input ClientInfoFilter { name: String! version: String }
    input OperationNameFilterInput { name: String! version: String }
    union CheckRequestResult = CheckRequestSuccess | InvalidInputError | PermissionError | PlanError
    type CheckRequestSuccess { targetURL: String! workflowID: ID! }
    type InvalidInputError { message: String! }
    type PermissionError { message: String! }
    type PlanError { message: String! }

    type CheckWorkflow { id: ID! status: CheckStatus! tasks: [CheckTask!]! }
    enum CheckStatus { BLOCKED FAILED PASSED PENDING }
    interface CheckTask { status: CheckStatus! targetURL: String }
    type CompositionCheckTask implements CheckTask {
      status: CheckStatus! targetURL: String coreSchemaModified: Boolean! result: CompositionCheckResult
    }
    type CompositionCheckResult { errors: [BuildError!]! }
    type OperationsCheckTask implements CheckTask { status: CheckStatus! targetURL: String result: OperationsCheckResult }
    type OperationsCheckResult { checkSeverity: ChangeSeverity! numberOfCheckedOperations: Int! changes: [Change!]! }
    enum ChangeSeverity { FAILURE NOTICE }
    type Change { severity: ChangeSeverity! code: String! description: String! }
    type LintCheckTask implements CheckTask { status: CheckStatus! targetURL: String result: LintCheckResult }
    type LintCheckResult { diagnostics: [LintDiagnostic!]! stats: LintStats! }
    type LintDiagnostic { level: String! message: String! coordinate: String! rule: String! sourceLocations: [SourceRange!]! }
    type LintStats { errorsCount: Int! warningsCount: Int! }
    type SourceRange { start: SourcePoint end: SourcePoint subgraphName: String }
    type SourcePoint { byteOffset: Int! line: Int! column: Int! }
    type CustomCheckTask implements CheckTask { status: CheckStatus! targetURL: String result: CustomCheckResult }
    type CustomCheckResult { violations: [Violation!]! }
    type Violation { coordinate: String level: ViolationLevel! message: String! rule: String! sourceLocations: [SourceRange!] }
    enum ViolationLevel { ERROR WARNING INFO }
    type ProposalsCheckTask implements CheckTask {
      status: CheckStatus! targetURL: String didOverrideProposalsCheckTask: Boolean! proposalCoverage: String!
      relatedProposalResults: [RelatedProposal!]! severityLevel: String!
    }
    type RelatedProposal { statusAtCheck: String! proposal: Proposal! }
    type Proposal { displayName: String! }
    type DownstreamCheckTask implements CheckTask { status: CheckStatus! targetURL: String results: [DownstreamCheckResult!] }
    type DownstreamCheckResult {
      blocking: Boolean! downstreamVariantName: String! downstreamWorkflow: CheckWorkflow failsUpstreamWorkflow: Boolean
    }
  `);
}
